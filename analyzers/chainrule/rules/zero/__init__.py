"""CR2xx: backward runs, and the gradient is exactly zero."""
