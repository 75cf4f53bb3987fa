"""The clean stage: pages to extracted pages, with what was cut and why."""
