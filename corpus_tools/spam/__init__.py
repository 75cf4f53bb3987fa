"""Was a page spun, or made for search engines: evidence from its words, its title and its neighbours."""
