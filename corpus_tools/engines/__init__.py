"""Engines decide where a plan runs: on this machine, or on many."""
