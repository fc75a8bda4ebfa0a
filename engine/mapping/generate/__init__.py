"""A checked tree becomes the text of one Python function."""
