"""`python -m chainrule_server`."""

from chainrule_server import main

if __name__ == "__main__":
    raise SystemExit(main())
