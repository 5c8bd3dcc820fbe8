import torch
from torch import nn


def to_gauss(boxes):
    xy, wh, r = boxes[:, :2], boxes[:, 2:4].clamp(min=1e-7, max=1e7), boxes[:, 4]
    rot = torch.stack((r.cos(), -r.sin(), r.sin(), r.cos()), -1).reshape(-1, 2, 2)
    half = 0.5 * torch.diag_embed(wh)
    return xy, rot.bmm(half.square()).bmm(rot.permute(0, 2, 1))


class GaussBoxLoss(nn.Module):
    def __init__(self, fun="log1p", tau=1.0, alpha=1.0):
        super().__init__()
        self.fun, self.tau, self.alpha = fun, tau, alpha

    def forward(self, pred, target):
        xy_p, sigma_p = to_gauss(pred)
        xy_t, sigma_t = to_gauss(target)
        centre = (xy_p - xy_t).square().sum(dim=-1)
        shape = (sigma_p - sigma_t).square().sum(dim=(-2, -1))
        distance = (centre + self.alpha * self.alpha * shape).sqrt()
        if self.fun == "log1p":
            distance = torch.log1p(distance)
        if self.tau >= 1.0:
            return (1 - 1 / (self.tau + distance)).mean()
        return distance.mean()
