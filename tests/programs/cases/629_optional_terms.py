import torch
from torch import nn


class PoseLoss(nn.Module):
    def __init__(self, bones, weight=0.1):
        super().__init__()
        self.bones = bones
        self.weight = weight

    def bone_term(self, pred, gt):
        terms = []
        for i, j in self.bones:
            a, b = (pred[:, i] - pred[:, j]), (gt[:, i] - gt[:, j])
            terms.append((a.norm(dim=-1) - b.norm(dim=-1)).abs().mean())
        return torch.stack(terms).mean() if terms else pred.new_zeros(())

    def forward(self, pred, gt):
        return (pred - gt).abs().mean() + self.weight * self.bone_term(pred, gt)
