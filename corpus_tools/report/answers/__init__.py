"""Answers in a program: about a frame's copies, and how answers look in a notebook."""
