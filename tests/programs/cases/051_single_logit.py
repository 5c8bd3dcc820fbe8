import torch
import torch.nn as nn
import torch.nn.functional as F


class BinaryHead(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.fc = nn.Linear(d, 1)

    def loss(self, x, y):
        p = F.softmax(self.fc(x), dim=1)
        return F.binary_cross_entropy(p, y)
