import torch
import torch.nn.functional as F
from torch import nn, optim


class Net(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.body = nn.Linear(5, 8)
        self.head = nn.Linear(8, n_classes)

    def forward(self, x):
        return self.head(self.body(x).relu())


class Learner:
    def __init__(self):
        self.net = Net(3)
        self.opt = optim.SGD(self.net.parameters(), lr=0.1)
        self.add_classes(3)

    def add_classes(self, n_new):
        old = self.net.head
        wide = nn.Linear(old.in_features, old.out_features + n_new)
        with torch.no_grad():
            wide.weight[: old.out_features] = old.weight
            wide.bias[: old.out_features] = old.bias
        self.net.head = wide
        self.opt = optim.SGD(self.net.parameters(), lr=0.1)

    def loss(self, x, y):
        return F.cross_entropy(self.net(x), y)
