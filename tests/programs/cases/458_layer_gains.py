import torch
from torch import nn
from torch.func import functional_call


class GainedNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1))
        self.gains = nn.Parameter(torch.ones(4))

    def scaled(self):
        named = dict(self.net.named_parameters())
        return {n: nn.Parameter(g * p) for g, (n, p) in zip(self.gains, named.items())}

    def loss(self, x, y):
        out = functional_call(self.net, self.scaled(), (x,))
        return (out.squeeze(-1) - y).pow(2).mean()
