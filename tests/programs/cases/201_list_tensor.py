import torch
from torch import nn


class Curriculum(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 1)
        self.pace = 2.0

    def item_loss(self, x, y):
        return (self.fc(x)[0] - y) ** 2

    def loss(self, items):
        errors = torch.FloatTensor([self.item_loss(*it) for it in items])
        order = errors.argsort()
        keep = order[: max(1, int(self.pace))]
        return errors[keep].mean()
