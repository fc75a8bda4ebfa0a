"""The only code that acts: plans a push, writes it, compares the books."""
