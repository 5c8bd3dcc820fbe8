import torch
from torch import nn


class FocalTversky(nn.Module):
    def __init__(self, alpha=0.7, gamma=0.75, eps=1e-6):
        super().__init__()
        self.alpha, self.gamma, self.eps = alpha, gamma, eps

    def forward(self, logits, mask):
        p = torch.sigmoid(logits).flatten(1)
        t = mask.flatten(1)
        tp = (p * t).sum(1)
        fn, fp = ((1 - p) * t).sum(1), (p * (1 - t)).sum(1)
        score = (tp + self.eps) / (tp + self.alpha * fn + (1 - self.alpha) * fp + self.eps)
        return (1 - score + self.eps).pow(self.gamma).mean()
