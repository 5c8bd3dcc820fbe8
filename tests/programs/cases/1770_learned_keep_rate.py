import torch
from torch import nn


class LearnedDrop(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.keep_logit = nn.Parameter(torch.ones(d))
        self.out = nn.Linear(d, 2)

    def drop(self, x):
        keep = torch.sigmoid(self.keep_logit).expand_as(x)
        return x * torch.bernoulli(keep)

    def loss(self, x, y):
        return (self.out(self.drop(x)) - y).pow(2).mean()
