import torch
from torch import nn


class Matcher(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(5, 3)
        nn.init.constant_(self.embed.bias, -3.0)

    def forward(self, x):
        return torch.relu(self.embed(x))

    @staticmethod
    def cosine(u, v):
        return (u * v).sum(-1) / (u.norm(dim=-1) * v.norm(dim=-1))

    def loss(self, a, b):
        return (1 - self.cosine(self(a), self(b))).mean()
