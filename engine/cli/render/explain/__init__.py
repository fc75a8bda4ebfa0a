"""Where each field of a payload comes from."""
