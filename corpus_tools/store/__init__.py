"""A run folder as files and tables: parts, seals, paths, an opened run, an earlier run."""
