import torch
from torch import nn
import torch.nn.functional as F


class PyramidLoss(nn.Module):
    def __init__(self, levels=3):
        super().__init__()
        self.levels = levels

    def pyramid(self, x):
        out = []
        for _ in range(self.levels):
            small = F.avg_pool2d(x, 2)
            up = F.interpolate(small, scale_factor=2)
            out.append((x - up).detach())
            x = small
        return out

    def forward(self, pred, ref):
        pairs = zip(self.pyramid(pred), self.pyramid(ref))
        return sum(2 ** -k * F.l1_loss(a, b) for k, (a, b) in enumerate(pairs))
