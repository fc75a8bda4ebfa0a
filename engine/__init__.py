"""sync: declarative sync of business records. `engine/README.md` walks one invoice through the rooms."""
