import torch
from torch import nn
import torch.nn.functional as F


class SequenceLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(3, 4)
        self.out = nn.Linear(4, 2)

    def loss(self, xs, ys):
        h = torch.zeros(xs.shape[1], 4)
        loss = 0.0
        for x, y in zip(xs, ys):
            h = self.cell(x, h)
            step = F.cross_entropy(self.out(h), y)
            loss =+ step
        return loss / len(xs)
