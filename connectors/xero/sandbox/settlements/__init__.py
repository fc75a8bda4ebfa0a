"""What settles documents: payments, money paid in advance, and allocations of credit notes."""
