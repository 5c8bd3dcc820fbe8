import torch
from torch import nn
from torch.distributions import MultivariateNormal


class Resampled(nn.Module):
    """Allocates on covariances that are drawn anew, and averages the allocations."""

    def __init__(self, draws=4, days=20):
        super().__init__()
        self.draws, self.days = draws, days

    def allocate(self, cov):
        ones = cov.new_ones(cov.shape[-1])
        raw = torch.linalg.solve(cov + 0.1 * torch.eye(len(ones)), ones)
        return raw / raw.sum()

    def forward(self, covariance, returns):
        root = covariance @ covariance.t() + torch.eye(len(covariance))
        dist = MultivariateNormal(torch.zeros(len(root)), root)
        weights = []
        for _ in range(self.draws):
            draw = dist.sample((self.days,))
            weights.append(self.allocate(torch.cov(draw.t())))
        mean_weight = torch.stack(weights).mean(dim=0)
        return -(returns @ mean_weight).mean()
