import torch
from torch import nn
import torch.nn.functional as F


class ZeroInflated(nn.Module):
    def forward(self, log_rate, gate, counts):
        rate = log_rate.exp()
        pi = gate.sigmoid()
        zero = torch.log(pi + (1 - pi) * torch.exp(-rate))
        more = torch.log1p(-pi) + counts * log_rate - rate - torch.lgamma(counts + 1)
        capped = torch.where(rate < 1e4, more, -1e4 * torch.ones_like(more))
        return -torch.where(counts == 0, zero, capped).mean()
