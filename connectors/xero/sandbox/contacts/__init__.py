"""Contacts: what one may be, where it is kept, and its endpoints."""
