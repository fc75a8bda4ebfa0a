"""Plan a push: read both sides, map, decide, look ahead. Writes nothing."""
