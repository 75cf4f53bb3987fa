"""Is anything lost, or believed that should not be: kills, damage, hostile inputs, messages, and all of it for a long time."""
