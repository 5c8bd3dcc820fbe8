"""What the analysis is about: values, the gradient graph that they grow, and the state of one run."""
