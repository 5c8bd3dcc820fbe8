import torch
from torch import nn
import torch.nn.functional as F


def charbonnier(x, eps=1e-3):
    return torch.sqrt(x * x + eps ** 2)


def grad_mag(img):
    dx = F.pad(img[..., 1:] - img[..., :-1], (0, 1))
    dy = F.pad(img[..., 1:, :] - img[..., :-1, :], (0, 0, 0, 1))
    return charbonnier(torch.stack([dx, dy])).sum(0)


class PhotoLoss(nn.Module):
    def __init__(self, w_edge=0.5):
        super().__init__()
        self.w_edge = w_edge

    def forward(self, pred, target, valid):
        n = valid.sum().clamp_min(1)
        data = (charbonnier(pred - target) * valid).sum() / n
        edge = (torch.log(grad_mag(pred)) - torch.log(grad_mag(target))).abs()
        return data + self.w_edge * edge.mean()
