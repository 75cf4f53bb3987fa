"""The pipeline from sources to corpus: its stages, their order, and the same steps over frames in memory."""
