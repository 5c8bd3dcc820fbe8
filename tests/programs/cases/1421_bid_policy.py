import torch
from torch import nn
from torch.distributions import Independent, Normal


class BidPolicy(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean, self.value = nn.Linear(3, 2), nn.Linear(3, 1)
        self.log_std = nn.Parameter(torch.zeros(2))

    def dist(self, market):
        return Independent(Normal(self.mean(market), self.log_std.exp()), 1)

    def surrogate(self, market, profit):
        d = self.dist(market)
        bid = d.sample()
        earned = profit - bid.square().sum(-1)
        baseline = self.value(market).squeeze(-1)
        advantage = (earned - baseline).detach()
        policy = -(d.log_prob(bid) * advantage).mean()
        return policy + (earned - baseline).square().mean() - 0.01 * d.entropy().mean()
