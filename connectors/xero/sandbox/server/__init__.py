"""The server: sign-in, limits, idempotency, endpoints, and the control requests."""
