"""What the losses of this project share."""

import torch


def whitened(x: torch.Tensor) -> torch.Tensor:
    """`x` with mean 0 and deviation 1, over the batch."""
    values = x.detach()
    return (values - values.mean(0)) / values.std(0)
