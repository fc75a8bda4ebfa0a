"""The company behind the API, generated from options: customers, projects, invoices and their lines. Pure."""
