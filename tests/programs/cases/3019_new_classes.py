import torch
from torch import nn
from torch.nn import functional as F


class Classifier(nn.Module):
    def __init__(self, d=5, hidden=8, n_cls=3):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(d, hidden), nn.ReLU())
        self.head = nn.Linear(hidden, n_cls)

    def forward(self, x):
        return self.head(self.body(x))

    def expand(self, n_cls):
        old = self.head
        self.head = nn.Linear(old.in_features, n_cls)
        with torch.no_grad():
            self.head.weight[: old.out_features].copy_(old.weight)
            self.head.bias[: old.out_features].copy_(old.bias)


class FineTuner:
    def __init__(self, n_new=6, lr=1e-2):
        self.net = Classifier()
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=lr)
        self.net.expand(n_new)

    def step_loss(self, x, y):
        self.optimizer.zero_grad()
        return F.cross_entropy(self.net(x), y)

    def step(self, x, y):
        loss = self.step_loss(x, y)
        loss.backward()
        self.optimizer.step()
        return loss.item()
