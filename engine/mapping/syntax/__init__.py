"""The language: its words, the tree of a mapping, and the readers that make the tree of YAML."""
