"""CR3xx: the gradient can become NaN or infinite for values that the loss must accept."""
