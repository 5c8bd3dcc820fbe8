import torch
from torch import nn
import torch.nn.functional as F


class AdaptiveFocal(nn.Module):
    def __init__(self):
        super().__init__()
        self.gamma = nn.Parameter(torch.tensor(2.0))

    def forward(self, logits, y):
        gamma = float(self.gamma)
        ce = F.cross_entropy(logits, y, reduction="none")
        pt = torch.exp(-ce)
        return ((1 - pt) ** gamma * ce).mean()
