import torch
from torch import nn


class MinedTriplet(nn.Module):
    def __init__(self, margin=0.2):
        super().__init__()
        self.margin = margin

    def forward(self, anchor, positive, negative):
        dp = (anchor - positive).pow(2).sum(1)
        dn = (anchor - negative).pow(2).sum(1)
        hard = dp - dn + self.margin > 0
        if hard.sum() == 0:
            return torch.zeros(1, device=anchor.device)
        return (dp - dn + self.margin)[hard].mean()
