"""`python -m engine` is the same program as `sync` and `psosync`."""

from engine.cli.main import main

if __name__ == "__main__":
    main()
