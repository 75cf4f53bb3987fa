"""Judging pairs in a browser: which pairs are shown, the server they are shown by, and the files that answers are saved to."""
