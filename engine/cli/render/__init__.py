"""Text, JSON and HTML of what the verbs found; functions of values, not of files or systems."""
