"""What a mapping means: names, types, lookups, references and the order of the flows."""
