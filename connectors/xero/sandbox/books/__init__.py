"""The organisation's books: accounts, tax rates, tracking, money, and the history of records."""
