"""Boilerplate inside text, line by line, by kind and rule."""
