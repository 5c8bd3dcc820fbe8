import torch
from torch import nn


class FairnessGap(nn.Module):
    def positive_rate(self, logits, member):
        decision = logits.sigmoid().gt(0.5)
        return (decision * member).sum() / member.sum()

    def forward(self, logits, group):
        a = self.positive_rate(logits, (group == 0).float())
        b = self.positive_rate(logits, (group == 1).float())
        return torch.abs(a - b)
