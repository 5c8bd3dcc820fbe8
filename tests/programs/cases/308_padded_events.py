import torch
import torch.nn.functional as F
from torch import nn


class HawkesIntensity(nn.Module):
    """Gamma-distributed gaps between events; sequences are padded with zeros."""

    def __init__(self):
        super().__init__()
        self.raw_shape = nn.Parameter(torch.tensor(0.3))
        self.raw_rate = nn.Parameter(torch.tensor(0.1))

    def log_density(self, gaps):
        shape, rate = F.softplus(self.raw_shape), F.softplus(self.raw_rate)
        log_norm = shape * rate.log() - torch.lgamma(shape)
        return log_norm + (shape - 1) * gaps.log() - rate * gaps

    def negative_log_likelihood(self, gaps, valid):
        ll = self.log_density(gaps)
        ll = ll.masked_fill(~valid, 0.0)
        return -ll.sum() / valid.sum()
