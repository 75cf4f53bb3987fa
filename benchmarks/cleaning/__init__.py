"""What is cut from a page, and what should not have been."""
