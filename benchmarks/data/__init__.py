"""Pages that the benchmarks are measured on: read, made or labelled."""
