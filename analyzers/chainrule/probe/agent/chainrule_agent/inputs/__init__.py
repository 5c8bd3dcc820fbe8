"""Find inputs for a loss that nobody shows how to call."""
