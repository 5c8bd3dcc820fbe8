import torch
from torch import nn


class DropFeature(nn.Module):
    def __init__(self, d=6):
        super().__init__()
        self.keep_logit = nn.Parameter(torch.zeros(d))
        self.fc = nn.Linear(d, 1)

    def forward(self, x):
        prob = torch.sigmoid(self.keep_logit)
        gate = torch.bernoulli(prob.expand_as(x))
        return self.fc(x * gate).squeeze(-1)

    def loss(self, x, y):
        return (self(x) - y).square().mean()
