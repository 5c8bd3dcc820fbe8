"""What calls of torch, numpy and the standard library do to a gradient."""
