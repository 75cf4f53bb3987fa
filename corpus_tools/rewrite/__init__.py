"""The rewrite stage: documents to rewrites; pages that are other pages with their words changed."""
