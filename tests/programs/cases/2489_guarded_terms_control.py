import torch
from torch import nn


def safe_log(x, eps=1e-6):
    return torch.log(x.clamp_min(eps))


def double_where(cond, fn, x, fill, other):
    """fn only sees values for which it is defined."""
    return torch.where(cond, fn(torch.where(cond, x, torch.full_like(x, fill))), other)


class CensoredLoss(nn.Module):
    """Weibull likelihood with right censoring; padded rows have duration 0."""

    def forward(self, params, duration, event):
        shape, scale = nn.functional.softplus(params).unbind(-1)
        shape, scale = shape + 0.1, scale + 0.1
        seen = duration > 0
        z = double_where(seen, torch.log, duration / scale, 1.0, torch.zeros_like(scale))
        cum = torch.exp((shape * z).clamp(max=20.0))
        hazard = safe_log(shape / scale) + (shape - 1) * z
        ll = event * hazard - cum
        n = seen.sum().clamp(min=1)
        return -(ll * seen).sum() / n
