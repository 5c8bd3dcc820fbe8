import torch
from torch import nn


class GradOff:
    """Switches gradients off for a while, by hand."""

    def __enter__(self):
        self.before = torch.is_grad_enabled()
        torch.set_grad_enabled(False)

    def __exit__(self, *exc):
        torch.set_grad_enabled(self.before)


class Model:
    def __init__(self):
        self.net = nn.Linear(3, 1)

    def check(self, val):
        with GradOff():
            outs = [self.net(x).mean().item() for x, _ in val]
            if not outs:
                return None
        return sum(outs) / len(outs)

    def loss(self, x, y, val):
        self.check(val)
        return (self.net(x) - y).abs().mean()
