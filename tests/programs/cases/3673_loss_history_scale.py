from collections import deque

import torch
from torch import nn


class Window:
    def __init__(self, n=10):
        self.items = deque(maxlen=n)

    def push(self, value):
        self.items.append(value)
        return self

    def average(self):
        return torch.stack(list(self.items)).mean()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)
        self.window = Window()

    def training_loss(self, x, y):
        loss = nn.functional.mse_loss(self.fc(x), y)
        return loss / (self.window.push(loss).average() + 1e-8)
