"""Archives of crawled pages (WARC, ARC) and the HTTP responses in them: records to pages."""
