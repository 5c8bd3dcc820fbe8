import torch
from torch import nn


def elu_plus_one(x):
    return torch.relu(x) + torch.exp(torch.clamp(x, max=0.0))


class Survival(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(3, 1)

    def loss(self, x, y):
        rate = elu_plus_one(self.lin(x))
        return (rate * y - torch.log(rate + 1e-6)).mean()
