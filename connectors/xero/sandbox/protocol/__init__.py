"""How requests are read and answers written: the envelope, members, dates, numbers, lists and filters."""
