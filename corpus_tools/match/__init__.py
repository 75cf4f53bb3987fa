"""The match stage: signatures to edges; candidates by banded hashing, every pair measured on its texts."""
