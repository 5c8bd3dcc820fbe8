import torch
from torch import nn


class Sphere:
    @staticmethod
    def inner(x, y):
        return (x * y).sum(-1, keepdim=True)

    def dist(self, x, y):
        inner = self.inner(x, y).clamp(-1, 1)
        return torch.acos(inner)[..., 0]


class GlobeEmbedding(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.places = nn.Embedding(n, 3)
        self.manifold = Sphere()
        with torch.no_grad():
            self.places.weight.copy_(torch.eye(3)[torch.arange(n) % 3])

    def stress(self, pairs, travel):
        a, b = self.places(pairs).unbind(dim=1)
        return (self.manifold.dist(a, b) - travel).pow(2).mean()
