"""Questions asked of a finished run: explain a pair, sweep thresholds, status, one-page report."""
