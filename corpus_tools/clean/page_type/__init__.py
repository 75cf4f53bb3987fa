"""What kind of page a page is: an article, a thread, a product, and so on."""
