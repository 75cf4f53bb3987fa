"""Addresses of links in kept text, for its Markdown."""
