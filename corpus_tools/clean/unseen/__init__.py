"""Text that a page holds and does not show as it stands: in scripts, in templates, in shadow trees."""
