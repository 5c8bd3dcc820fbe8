"""Risk-adjusted return; every root, ratio and logarithm stays away from its edge."""

import torch
from torch import nn


class PortfolioLoss(nn.Module):
    def __init__(self, fee=1e-3, epsilon=1e-6, periods=252):
        super().__init__()
        self.fee = fee
        self.epsilon = epsilon
        self.annual = float(periods) ** 0.5

    def turnover(self, weights):
        return weights.diff(dim=0, prepend=weights[:1]).abs().sum(-1)

    def downside(self, returns):
        below = torch.relu(-returns)
        return below.square().mean().add(self.epsilon).sqrt()

    def sortino(self, returns):
        return self.annual * returns.mean() / self.downside(returns)

    def diversity(self, weights):
        return -torch.special.xlogy(weights, weights.clamp(min=1e-8)).sum(-1)

    def drawdown(self, wealth):
        peak = wealth.cummax(dim=0).values
        return (1 - wealth / peak.clamp(min=self.epsilon)).amax()

    def forward(self, weights_logits, asset_returns):
        weights = weights_logits.softmax(-1)
        net = (weights * asset_returns).sum(-1) - self.fee * self.turnover(weights)
        wealth = torch.exp(torch.log1p(net.clamp(min=-0.9)).cumsum(0))
        score = self.sortino(net) + 0.01 * self.diversity(weights).mean()
        return self.drawdown(wealth) - score
