import math

import torch
from torch import nn
import torch.nn.functional as F


class ClipLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def forward(self, img, txt, labels=None):
        scale = self.log_scale.exp().clamp(max=100)
        sims = scale * F.normalize(img, dim=-1) @ F.normalize(txt, dim=-1).T
        if labels is None:
            labels = torch.arange(sims.shape[0])
        loss = (F.cross_entropy(sims, labels) + F.cross_entropy(sims.T, labels)) / 2
        with torch.no_grad():
            self.top1 = (sims.argmax(1) == labels).float().mean()
        return loss
