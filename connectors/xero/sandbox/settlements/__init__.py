"""What settles documents: payments, and allocations of credit notes."""
