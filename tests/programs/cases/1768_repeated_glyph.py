import copy

import torch
from torch import nn


class Glyphs(nn.Module):
    def __init__(self, n=3, size=4):
        super().__init__()
        self.template = nn.Parameter(torch.rand(size, size))
        self.ink = nn.Parameter(torch.ones(n))

    def render(self):
        stamps = [copy.deepcopy(self.template) for _ in self.ink]
        return torch.stack([k * s for k, s in zip(self.ink, stamps)])

    def loss(self, page):
        return (self.render() - page).square().mean()
