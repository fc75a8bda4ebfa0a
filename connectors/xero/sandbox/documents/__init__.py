"""Invoices and credit notes: rules, lines, storage, and their endpoints."""
