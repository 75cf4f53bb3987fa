"""The write stage: clusters to corpus; parquet, dataset card, and the account of every page."""
