import torch
from torch import nn
import torch.nn.functional as F


class TwoStep:
    def __init__(self):
        self.body = nn.Linear(3, 4)
        self.head = nn.Linear(4, 2)
        self.opt = torch.optim.SGD(self.head.parameters(), lr=0.1)

    def losses(self, x, y):
        out = self.head(torch.relu(self.body(x)))
        first = F.mse_loss(out, y)
        first.backward(retain_graph=True)
        self.opt.step()
        second = F.l1_loss(out, y.flip(0))
        return second
