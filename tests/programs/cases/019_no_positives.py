import torch
from torch import nn
import torch.nn.functional as F


class DetLoss(nn.Module):
    def __init__(self, background=-1):
        super().__init__()
        self.background = background

    def forward(self, cls_logits, labels):
        keep = labels != self.background
        if keep.sum() == 0:
            return torch.tensor(0.0, device=cls_logits.device)
        return F.cross_entropy(cls_logits[keep], labels[keep])
