"""What a compiled mapping needs at run time: the linked function and the helpers that it calls."""
