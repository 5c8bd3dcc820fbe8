"""Losses that need a second look: at another file, and at a comment."""

import torch
from scaling import whitened


def contrast_loss(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Distance of whitened features."""
    return (whitened(pred) - whitened(target)).square().mean()


def agreement(a, t):  # chainrule: prediction=a target=t
    """The share of different signs."""
    return (a * t < 0).float().mean()
