"""Clean, deduplicated corpora from scraped web pages."""
