"""Near copies: pairs found, and pages wrongly removed."""
