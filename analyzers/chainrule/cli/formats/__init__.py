"""The output formats of `check`. Each module has `render(results, verdicts)`, which writes to stdout."""
