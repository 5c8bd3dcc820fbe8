"""Top-1 routing whose backward pass is that of the soft routing."""

import torch
import torch.nn.functional as F
from torch import nn


def sharpen(probabilities):
    """One-hot of the largest entry; gradient as if it were the identity."""
    winner = probabilities.max(dim=-1, keepdim=True)[1]
    hard = torch.zeros_like(probabilities).scatter_(-1, winner, 1.0)
    return hard - probabilities.detach() + probabilities


class ExpertRouter(nn.Module):
    def __init__(self, dim=5, n_experts=3):
        super().__init__()
        self.router = nn.Linear(dim, n_experts)
        self.experts = nn.ModuleList(nn.Linear(dim, dim) for _ in range(n_experts))

    def balance(self, soft, hard):
        share = hard.detach().mean(0)
        return (soft.mean(0) * share).sum() * len(self.experts)

    def loss(self, x, y):
        soft = self.router(x).softmax(-1)
        hard = sharpen(soft)
        outputs = torch.stack([expert(x) for expert in self.experts], dim=1)
        mixed = torch.einsum("be,bed->bd", hard, outputs)
        used = (hard > 0.5).float().sum(0)
        assert used.sum().item() == len(x)
        return F.mse_loss(mixed, y) + 0.01 * self.balance(soft, hard)
