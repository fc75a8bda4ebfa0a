"""The command line: verbs, rendering, exit codes. The only package that prints."""
