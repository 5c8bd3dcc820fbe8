import torch
from torch import nn
import torch.nn.functional as F


class LocalNet(nn.Module):
    def __init__(self, widths=(6, 5, 4), classes=3):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        self.heads = nn.ModuleList(nn.Linear(b, classes) for b in widths[1:])

    def loss(self, x, y):
        total = 0.0
        for block, head in zip(self.blocks, self.heads):
            x = torch.relu(block(x))
            total = total + F.cross_entropy(head(x), y)
            x = x.detach()
        return total
