import torch
from torch import nn


class BetaLoss(nn.Module):
    def forward(self, raw, y):
        conc = torch.sigmoid(raw).clamp(min=1.0)
        return -(conc.log() + (conc - 1) * y.log()).mean()
