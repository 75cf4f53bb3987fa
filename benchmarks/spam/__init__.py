"""Whether one page was spun, or made for search engines."""
