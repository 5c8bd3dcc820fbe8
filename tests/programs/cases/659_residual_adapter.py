import torch
from torch import nn
import torch.nn.functional as F


class AdapterNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Linear(6, 4)
        self.adapter = nn.Linear(4, 3)

    def forward(self, x):
        with torch.no_grad():
            h = torch.relu(self.backbone(x))
        return self.adapter(h)

    def train_parameters(self):
        return list(self.adapter.parameters())

    def loss(self, x, y):
        return F.cross_entropy(self(x), y)
