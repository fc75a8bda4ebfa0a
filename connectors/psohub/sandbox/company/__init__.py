"""The company that the API serves, generated from options: customers, projects, invoices, lines. Pure."""
