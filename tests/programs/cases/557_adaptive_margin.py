import torch
from torch import nn
import torch.nn.functional as F


class AdaptiveMargin(nn.Module):
    def forward(self, anchor, positive, negative):
        total = 0.0
        for a, p, n in zip(anchor, positive, negative):
            dp, dn = torch.dist(a, p).item(), torch.dist(a, n).item()
            margin = 0.1 + 0.05 * abs(dp - dn)
            total += max(0.0, dp - dn + margin)
        return torch.tensor(total / len(anchor), requires_grad=True)
