"""Sources in, pages out: one module an input format."""
