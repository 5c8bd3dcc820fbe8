import torch
import torch.nn as nn
import torch.nn.functional as F


class EarlyExit(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(6, 5)
        self.early = nn.Linear(5, 3)
        self.late = nn.Sequential(nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, 3))
        self.threshold = nn.Parameter(torch.tensor(0.9))

    def forward(self, x):
        h = torch.relu(self.stem(x))
        first = self.early(h)
        confidence = first.softmax(-1).amax(-1).mean()
        if confidence > self.threshold:
            return first
        return self.late(h) + first

    def loss(self, x, y):
        return F.cross_entropy(self.forward(x), y)
