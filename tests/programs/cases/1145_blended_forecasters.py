import torch
from torch import nn
import torch.nn.functional as F


class Blend(nn.Module):
    def __init__(self):
        super().__init__()
        self.summer, self.winter, self.mixed = nn.Linear(3, 1), nn.Linear(3, 1), nn.Linear(3, 1)
        self.share = nn.Parameter(torch.tensor(0.5))

    def forward(self, x):
        triples = zip(self.summer.parameters(), self.winter.parameters(), self.mixed.parameters())
        for s, w, m in triples:
            m.data = self.share * s + (1 - self.share) * w
        return self.mixed(x)

    def loss(self, x, y):
        return F.mse_loss(self(x).squeeze(1), y)
