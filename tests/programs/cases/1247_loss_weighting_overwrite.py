import torch
from torch import nn
import torch.nn.functional as F


class MultiScale(nn.Module):
    def __init__(self, channels=(4, 4, 4)):
        super().__init__()
        self.heads = nn.ModuleList([nn.Linear(c, 2) for c in channels])
        self.weights = [1.0, 0.5, 0.25]

    def compute(self, feats, target):
        loss = 0.0
        for i, head in enumerate(self.heads):
            out = head(feats[i])
            if i == 0:
                loss = self.weights[i] * F.mse_loss(out, target)
            else:
                loss = self.weights[i] * F.l1_loss(out, target)
        return loss
