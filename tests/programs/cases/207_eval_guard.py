import torch
from torch import nn


class Sampler(nn.Module):
    step_size = 0.1

    def __init__(self):
        super().__init__()
        self.net = nn.Linear(4, 4)

    def refine(self, x, steps=3):
        with torch.no_grad():
            for _ in range(steps):
                x = x - self.step_size * self.net(x)
        return x

    def loss(self, x, y):
        return (self.refine(x) - y).abs().mean()
