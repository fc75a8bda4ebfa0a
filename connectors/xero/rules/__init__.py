"""What Xero accepts, beyond the types of its fields. Pure."""
