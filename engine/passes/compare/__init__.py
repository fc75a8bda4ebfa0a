"""Bring back numbers and payments, and compare both sets of books."""
