"""CR1xx: the path from a source to the loss is cut."""
