"""A mapping for people and editors: explain, tracing, coverage, field reference, JSON Schema."""
