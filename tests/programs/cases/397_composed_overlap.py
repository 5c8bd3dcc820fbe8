import torch
import torch.nn.functional as F
from torch import nn


class Overlap(nn.Module):
    """Base of the overlap measures: subclasses combine true and false positives and negatives."""

    def __init__(self, smooth=1.0):
        super().__init__()
        self.smooth = smooth

    def membership(self, logit):
        return logit.sigmoid()

    def ratio(self, tp, fp, fn):
        raise NotImplementedError

    def forward(self, logit, truth):
        p = self.membership(logit)
        axes = tuple(range(1, p.dim()))
        tp, fp, fn = (p * truth).sum(axes), (p * (1 - truth)).sum(axes), ((1 - p) * truth).sum(axes)
        return 1 - self.ratio(tp, fp, fn).mean()


class Tversky(Overlap):
    def ratio(self, tp, fp, fn):
        return (tp + self.smooth) / (tp + 0.3 * fp + 0.7 * fn + self.smooth)


class HardJaccard(Overlap):
    def membership(self, logit):
        return torch.where(logit > 0, torch.ones_like(logit), torch.zeros_like(logit))

    def ratio(self, tp, fp, fn):
        return (tp + self.smooth) / (tp + fp + fn + self.smooth)


class Composite(nn.Module):
    def __init__(self, **weights):
        super().__init__()
        self.measures = nn.ModuleDict({"tversky": Tversky(), "jaccard": HardJaccard()})
        self.weights = weights or {"tversky": 0.5, "jaccard": 0.5}

    def forward(self, lesion, truth):
        return sum(w * self.measures[name](lesion, truth) for name, w in self.weights.items())
