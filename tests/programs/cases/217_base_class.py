from abc import ABC, abstractmethod

import torch
from torch import nn


class OverlapObjective(nn.Module, ABC):
    eps = 1e-6

    @abstractmethod
    def activate(self, logits):
        ...

    @abstractmethod
    def index(self, tp, fp, fn):
        ...

    def forward(self, logits, mask):
        p = self.activate(logits)
        tp = (p * mask).sum()
        fp = (p * (1 - mask)).sum()
        fn = ((1 - p) * mask).sum()
        return 1 - self.index(tp, fp, fn)


class HardTversky(OverlapObjective):
    alpha, beta, cutoff = 0.3, 0.7, 0.5

    def activate(self, logits):
        return torch.sigmoid(logits).gt(self.cutoff).to(logits)

    def index(self, tp, fp, fn):
        return (tp + self.eps) / (tp + self.alpha * fp + self.beta * fn + self.eps)
