import torch
from torch import nn


def _threshold(x, threshold=None):
    if threshold is not None:
        return (x > threshold).type(x.dtype)
    else:
        return x


def overlap(pr, gt, eps=1e-7, threshold=None):
    pr = _threshold(pr, threshold=threshold)
    intersection = torch.sum(gt * pr)
    union = torch.sum(gt) + torch.sum(pr) - intersection + eps
    return (intersection + eps) / union


class OverlapLoss(nn.Module):
    def __init__(self, eps=1.0, threshold=0.5, activation=torch.sigmoid):
        super().__init__()
        self.eps, self.threshold, self.activation = eps, threshold, activation

    def forward(self, y_pr, y_gt):
        y_pr = self.activation(y_pr)
        return 1 - overlap(y_pr, y_gt, eps=self.eps, threshold=self.threshold)
