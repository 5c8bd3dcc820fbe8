"""Follow gradients: run functions on symbolic arguments, and ask the graph that this grows."""
