"""The site stage: extracted pages to documents; what repeats across a site is cut, and doorway pages are found."""
