"""CR6xx: mistakes in a custom `torch.autograd.Function`."""
