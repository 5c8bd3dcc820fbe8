import torch
from torch import nn
import torch.nn.functional as F


class Churn(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.body = nn.Linear(d, 8)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        h = torch.tanh(self.body(x))
        return F.softmax(self.head(h), dim=-1)

    def loss(self, x, left):
        p = self(x).squeeze(-1)
        return F.mse_loss(p, left)
