import torch
import torch.nn.functional as F
from torch import nn


def slerp(a, b, t):
    """Point at fraction t of the great circle between unit vectors a and b."""
    dot = torch.linalg.vecdot(a, b).unsqueeze(-1)
    omega = dot.clamp(-1, 1).acos()
    near = omega.detach() < 1e-3
    safe = torch.where(near, torch.ones_like(omega), omega)
    curved = (torch.sin((1 - t) * safe) * a + torch.sin(t * safe) * b) / torch.sin(safe)
    return torch.where(near, torch.lerp(a, b, t), curved)


class InterpolationPrior(nn.Module):
    """Mixed inputs should land where their codes interpolate to."""

    def __init__(self, n_in=4, n_code=4):
        super().__init__()
        self.encoder = nn.Linear(n_in, n_code, bias=False)
        nn.init.eye_(self.encoder.weight)

    def code(self, x):
        return F.normalize(self.encoder(x), dim=-1)

    def loss(self, x, partner, t=0.3):
        mixed = (1 - t) * x + t * x[partner]
        expected = slerp(self.code(x), self.code(x[partner]), t)
        return (1 - torch.linalg.vecdot(self.code(mixed), expected)).mean()
