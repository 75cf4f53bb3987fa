"""Measurements of the package, a folder a question; see README.md."""
