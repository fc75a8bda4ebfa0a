"""The command line: verbs, rendering, exit codes. Prints, and nobody else prints."""
