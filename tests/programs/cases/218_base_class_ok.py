import torch
from torch import nn


class Overlap(nn.Module):
    def activate(self, logits):
        return torch.sigmoid(logits)

    def stats(self, p, mask):
        return (p * mask).sum((1, 2)), (p * (1 - mask)).sum((1, 2)), ((1 - p) * mask).sum((1, 2))

    def forward(self, logits, mask):
        p = self.activate(logits)
        valid = mask.flatten(1).any(dim=1)
        value = self.index(*self.stats(p, mask))
        return (1 - value[valid]).mean() if valid.any() else p.sum() * 0.0


class SoftTversky(Overlap):
    def index(self, tp, fp, fn, a=0.3, b=0.7):
        return (tp + 1.0) / (tp + a * fp + b * fn + 1.0)
