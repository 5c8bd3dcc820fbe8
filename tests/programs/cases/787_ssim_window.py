import torch
from torch import nn
import torch.nn.functional as F


class SsimLoss(nn.Module):
    def __init__(self, c1=0.01 ** 2, c2=0.03 ** 2, size=3):
        super().__init__()
        self.c1, self.c2, self.size = c1, c2, size

    def mean(self, x):
        return F.avg_pool2d(x, self.size, 1)

    def forward(self, out, ref):
        mx, my = self.mean(out), self.mean(ref)
        vx = self.mean(out ** 2) - mx ** 2
        vy = self.mean(ref ** 2) - my ** 2
        cov = self.mean(out * ref) - mx * my
        top = (2 * mx * my + self.c1) * (2 * cov + self.c2)
        return ((1 - top / ((mx ** 2 + my ** 2 + self.c1) * (vx + vy + self.c2))) / 2).clamp(0, 1).mean()
