import torch
from torch import nn
import torch.nn.functional as F


class VadCriterion(nn.Module):
    """Frame error of a voice activity detector, averaged over speech segments."""

    def __init__(self, threshold=0.5):
        super().__init__()
        self.threshold = threshold

    def binarize(self, p):
        return torch.where(p >= self.threshold, torch.ones_like(p), torch.zeros_like(p))

    def forward(self, probs, labels):
        active = self.binarize(probs)
        return F.l1_loss(active, labels)
