import copy

import torch
from torch import nn
import torch.nn.functional as F


class Averaged(nn.Module):
    def __init__(self, decay=0.9):
        super().__init__()
        self.net = nn.Linear(4, 3)
        self.shadow = copy.deepcopy(self.net).eval()
        self.decay = decay

    @torch.no_grad()
    def sync(self):
        for name, p in self.shadow.named_parameters():
            p.copy_(self.decay * p + (1 - self.decay) * self.net.get_parameter(name))

    def evaluate(self, x, y):
        with torch.no_grad():
            return (self.shadow(x).argmax(1) == y).float().mean().item()

    def loss(self, x, y):
        return F.cross_entropy(self.net(x), y)
