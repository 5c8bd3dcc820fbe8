import torch
from torch import nn


class PckLoss(nn.Module):
    def __init__(self, alpha=0.2):
        super().__init__()
        self.alpha = alpha

    def correct(self, pred, gt, scale):
        dist = torch.linalg.norm(pred - gt, dim=-1)
        return dist <= self.alpha * scale.unsqueeze(-1)

    def forward(self, pred, gt, scale, visible):
        ok = self.correct(pred, gt, scale) & visible
        return 1.0 - ok.sum() / visible.sum()
