import torch
from torch import nn
import torch.nn.functional as F


class TissueDice(nn.Module):
    def __init__(self, classes=4):
        super().__init__()
        self.classes = classes

    def planes(self, index):
        return F.one_hot(index, self.classes).permute(0, 3, 1, 2).float()

    def forward(self, scores, labels):
        seg = scores.softmax(dim=1).max(dim=1).indices
        a, b = self.planes(seg), self.planes(labels)
        both = (a * b).sum(dim=(2, 3))
        return 1 - (2 * both / (a.sum((2, 3)) + b.sum((2, 3)) + 1.0)).mean()
