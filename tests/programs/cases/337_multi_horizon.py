"""Probabilistic forecast: one head per horizon, pinball loss per quantile."""

import torch
from torch import nn


def pinball(error, level):
    return torch.maximum(level * error, (level - 1) * error).mean()


class Forecaster(nn.Module):
    levels = (0.1, 0.5, 0.9)

    def __init__(self, n_in=6, horizons=("h1", "h7", "h28")):
        super().__init__()
        self.heads = nn.ModuleDict({name: nn.Linear(n_in, len(self.levels)) for name in horizons})
        self.importance = {name: 1.0 / (1 + k) for k, name in enumerate(horizons)}

    def forward(self, context):
        return {name: head(context) for name, head in self.heads.items()}

    def per_horizon(self, quantiles, actual):
        losses = {}
        for name, q in quantiles.items():
            terms = [pinball(actual[name] - q[:, i], level) for i, level in enumerate(self.levels)]
            losses[name] = sum(terms) / len(terms)
        return losses

    def objective(self, context, actual):
        losses = self.per_horizon(self(context), actual)
        stacked = torch.FloatTensor(list(losses.values()))
        weights = torch.FloatTensor([self.importance[name] for name in losses])
        return (stacked * weights).sum() / weights.sum()
