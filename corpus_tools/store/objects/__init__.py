"""Object stores: addresses, buckets, objects read by ranges, and a run folder that lives in a store."""
