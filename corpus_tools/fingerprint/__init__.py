"""The fingerprint stage: documents to MinHash signatures."""
