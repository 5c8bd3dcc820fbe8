import math

import torch
from torch import nn


def cost(x, y):
    return 0.5 * (x.unsqueeze(1) - y.unsqueeze(0)).pow(2).sum(-1)


def softmin(eps, C, h):
    return -eps * torch.logsumexp(h.unsqueeze(0) - C / eps, dim=1)


class SinkhornDivergence(nn.Module):
    """Debiased entropic OT between uniform point clouds."""

    def __init__(self, eps=0.5, max_iter=60, tol=1e-4):
        super().__init__()
        self.eps, self.max_iter, self.tol = eps, max_iter, tol

    def ot(self, x, y):
        la = -math.log(len(x)) * torch.ones(len(x))
        lb = -math.log(len(y)) * torch.ones(len(y))
        C_xy, C_yx = cost(x, y), cost(y, x)
        with torch.no_grad():
            f, g = torch.zeros_like(la), torch.zeros_like(lb)
            for _ in range(self.max_iter):
                f_prev = f
                f = softmin(self.eps, C_xy, lb + g / self.eps)
                g = softmin(self.eps, C_yx, la + f / self.eps)
                if (f - f_prev).abs().max() < self.tol:
                    break
        # the potentials are optimal: one last extrapolation
        f_last = softmin(self.eps, cost(x, y.detach()), (lb + g / self.eps).detach())
        g_last = softmin(self.eps, cost(y, x.detach()), (la + f / self.eps).detach())
        return f_last.mean() + g_last.mean()

    def forward(self, x, y):
        return self.ot(x, y) - 0.5 * self.ot(x, x) - 0.5 * self.ot(y, y)
