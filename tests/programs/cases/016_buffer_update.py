import torch
from torch import nn


class LSTMCellLoss(nn.Module):
    def __init__(self, d=3, h=4):
        super().__init__()
        self.w = nn.Linear(d, h)
        self.u = nn.Linear(h, h)
        self.head = nn.Linear(h, 1)

    def unroll(self, x, y):
        h = torch.zeros(x.size(1), self.u.in_features)
        loss = 0
        for t in range(x.size(0)):
            h += torch.tanh(self.w(x[t]) + self.u(h))
            loss = loss + (self.head(h).squeeze(-1) - y[t]).abs().mean()
        return loss / x.size(0)
