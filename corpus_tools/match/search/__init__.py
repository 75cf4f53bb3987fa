"""Which pairs of documents are worth measuring: those that share a band, and those of which one may hold the other."""
