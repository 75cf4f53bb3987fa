"""Files of rows (JSON lines, JSON, CSV, parquet): which column holds what, and one row to one page."""
