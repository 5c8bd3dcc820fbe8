import torch
from torch import nn


class SparkFocal(nn.Module):
    def __init__(self, alpha=0.25, gamma=0.5, eps=1e-8):
        super().__init__()
        self.alpha, self.gamma, self.eps = alpha, gamma, eps

    def forward(self, logits, spark):
        p = torch.sigmoid(logits)
        hit = -self.alpha * torch.pow(1.0 - p, self.gamma) * spark * torch.log(p + self.eps)
        miss = -(1 - self.alpha) * torch.pow(p, self.gamma) * (1 - spark) * torch.log(1 - p + self.eps)
        return (hit + miss).mean()
