"""`python -m chainrule`."""

from chainrule.cli import command

if __name__ == "__main__":
    command()
