import torch
from torch import nn
import torch.nn.functional as F


def microbatches(*tensors, size):
    for start in range(0, len(tensors[0]), size):
        yield tuple(t[start:start + size] for t in tensors)


class Trainer:
    def __init__(self, net, size=4):
        self.net = net
        self.size = size

    def one(self, x, y):
        return F.smooth_l1_loss(self.net(x).squeeze(-1), y)

    def accumulate(self, x, y):
        parts = []
        for xb, yb in microbatches(x, y, size=self.size):
            loss = self.one(xb, yb)
            parts.append(loss.item() * len(xb))
        return torch.tensor(parts).sum() / len(x)
