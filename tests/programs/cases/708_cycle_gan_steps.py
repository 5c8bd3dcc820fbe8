import torch
from torch import nn
import torch.nn.functional as F


class CycleStep:
    def __init__(self):
        self.ab, self.ba = nn.Linear(4, 4), nn.Linear(4, 4)
        self.opt_ab = torch.optim.SGD(self.ab.parameters(), lr=0.01)
        self.opt_ba = torch.optim.SGD(self.ba.parameters(), lr=0.01)

    def run(self, a, b):
        fake_b = torch.tanh(self.ab(a))
        back = torch.tanh(self.ba(fake_b))
        cycle = F.l1_loss(back, a)
        self.opt_ab.zero_grad()
        (F.mse_loss(fake_b, b) + cycle).backward()
        self.opt_ba.zero_grad()
        identity = F.l1_loss(self.ba(b), b)
        return identity + cycle
