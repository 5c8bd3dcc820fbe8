import torch
from torch import nn


class Alignment(nn.Module):
    def __init__(self):
        super().__init__()
        self.angle = nn.Parameter(torch.tensor(0.3))
        self.shift = nn.Parameter(torch.zeros(2))

    def matrix(self):
        c, s = torch.cos(self.angle), torch.sin(self.angle)
        return torch.tensor([[c, -s], [s, c]])

    def loss(self, src, dst):
        moved = src @ self.matrix().T + self.shift
        return (moved - dst).pow(2).sum(-1).mean()
