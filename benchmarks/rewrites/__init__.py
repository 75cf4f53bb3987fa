"""Rewritten pages: pairs found, and honest pages spared."""
