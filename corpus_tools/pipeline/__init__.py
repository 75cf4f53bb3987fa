"""The straight line from sources to corpus: its stages, their order, and the line over frames in memory."""
