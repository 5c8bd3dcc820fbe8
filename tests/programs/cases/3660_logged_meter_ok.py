import torch
from torch import nn
import torch.nn.functional as F


class Meter:
    def __init__(self):
        self.total, self.count, self.last = 0.0, 0, None

    def add(self, value, n=1):
        self.last = value
        self.total += float(value) * n
        self.count += n

    @property
    def mean(self):
        return self.total / max(self.count, 1)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)
        self.meter = Meter()

    def training_loss(self, x, y):
        loss = F.cross_entropy(self.fc(x), y)
        self.meter.add(loss, len(x))
        if self.meter.mean > 10:
            loss = loss * 0.1
        return loss
