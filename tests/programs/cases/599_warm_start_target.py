import torch
from torch import nn
import torch.nn.functional as F


class ConsistencyModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(4, 3)
        self.step = 0

    def ramp(self):
        return min(1.0, self.step / 100)

    def loss(self, x, y, unlabelled=None):
        self.step += 1
        sup = F.cross_entropy(self.net(x), y)
        if unlabelled is None or self.ramp() == 0:
            return sup
        a = self.net(unlabelled).softmax(-1)
        b = self.net(unlabelled + 0.1 * torch.randn_like(unlabelled)).softmax(-1)
        return sup + self.ramp() * F.mse_loss(b, a.detach())
