import torch
from torch import nn


class BinaryIoU:
    """Intersection over union, like in the evaluation script."""

    def __init__(self, threshold=0.5, eps=1e-7):
        self.threshold, self.eps = threshold, eps

    def _format(self, preds, target):
        if preds.is_floating_point():
            preds = (preds.sigmoid() > self.threshold)
        return preds.flatten().float(), target.flatten().float()

    def __call__(self, preds, target):
        preds, target = self._format(preds, target)
        inter = (preds * target).sum()
        return (inter + self.eps) / (preds.sum() + target.sum() - inter + self.eps)


class SegTrainer(nn.Module):
    def __init__(self, metric=BinaryIoU()):
        super().__init__()
        self.model = nn.Conv2d(3, 1, 1)
        self.metric = metric

    def compute_loss(self, image, mask):
        return 1.0 - self.metric(self.model(image), mask)
