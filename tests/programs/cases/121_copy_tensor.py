import torch
from torch import nn


class Consistency(nn.Module):
    """Symmetric divergence in double precision."""

    def forward(self, a, b):
        p = torch.tensor(a.softmax(-1), dtype=torch.float64)
        q = b.softmax(-1).double()
        m = (p + q) / 2
        js = 0.5 * (p * (p / m).log()).sum(-1) + 0.5 * (q * (q / m).log()).sum(-1)
        return js.mean()
