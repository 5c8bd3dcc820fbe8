import torch
from torch import nn
import torch.nn.functional as F


class PartialBCE(nn.Module):
    def __init__(self, ignore=-1):
        super().__init__()
        self.ignore = ignore

    def forward(self, logits, labels):
        known = labels != self.ignore
        if known.sum() > 0:
            loss = F.binary_cross_entropy_with_logits(logits[known], labels[known].float())
        else:
            loss = torch.tensor(0.0, device=logits.device)
        return loss
