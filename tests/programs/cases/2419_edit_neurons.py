import torch
from torch import nn
from torch.nn import functional as F


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.inter = nn.Linear(4, 6)
        self.output = nn.Linear(6, 4)

    def forward(self, x):
        return self.output(F.gelu(self.inter(x)))


def edit_and_score(model: Encoder, pos, old, new, x, y, lambdas=(1.0, 8.0)):
    w = model.output.weight
    w[:, pos] -= old * lambdas[0]
    w[:, pos] += new * lambdas[1]
    return F.cross_entropy(model(x), y)
