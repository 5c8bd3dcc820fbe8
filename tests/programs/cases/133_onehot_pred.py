import torch
from torch import nn
import torch.nn.functional as F


class LabelDice(nn.Module):
    def forward(self, logits, y):
        n = logits.size(1)
        seg = logits.argmax(1)
        p = F.one_hot(seg, n).movedim(-1, 1).float()
        t = F.one_hot(y, n).movedim(-1, 1).float()
        inter = (p * t).sum(dim=(2, 3))
        return 1 - (2 * inter / (p.sum((2, 3)) + t.sum((2, 3))).clamp(min=1)).mean()
