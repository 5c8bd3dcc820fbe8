import torch
from torch import nn


class BowModel(nn.Module):
    def __init__(self, n=5):
        super().__init__()
        self.lin = nn.Linear(3, n)
        self.friction = nn.Parameter(torch.full((n,), 0.2))

    def motion(self, bow, steps=3):
        x = self.lin(bow)
        out = x.new_empty(steps, *x.shape)
        v = torch.zeros_like(x)
        for k in range(steps):
            v = v * (1 - self.friction)
            v += 0.1 * torch.sin(x)
            x = x + v
            out[k] = x
        out[:, :, 0].mul_(0.5)
        return out

    def loss(self, bow, sound):
        return (self.motion(bow).mean(-1) - sound).square().mean()
