import torch
from torch import nn
import torch.nn.functional as F


class CenteredHead(nn.Module):
    def __init__(self, momentum=0.9):
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.momentum = momentum
        self.center = torch.zeros(3)

    def loss(self, x, y):
        z = self.fc(x)
        self.center = self.momentum * self.center + (1 - self.momentum) * z.mean(0)
        return F.cross_entropy(z - self.center, y)
