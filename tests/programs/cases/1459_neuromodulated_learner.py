import torch
from torch import nn
import torch.nn.functional as F


class MetaLearner(nn.Module):
    """The gate decides how much the inner steps may change the fast weights."""

    def __init__(self, lr=0.1):
        super().__init__()
        self.gate, self.fast = nn.Linear(4, 4), nn.Linear(4, 3)
        self.lr = lr

    def inner_update(self, x, fast_weights, y):
        gated = torch.sigmoid(self.gate(x)) * x
        loss = F.cross_entropy(F.linear(gated, *fast_weights), y)
        grad = torch.autograd.grad(loss, fast_weights, allow_unused=False)
        return [p - self.lr * g for g, p in zip(grad, fast_weights)]

    def meta_loss(self, support, query, steps=2):
        fast_weights = list(self.fast.parameters())
        for _ in range(steps):
            fast_weights = self.inner_update(*[support[0], fast_weights, support[1]])
        return F.cross_entropy(F.linear(query[0], *fast_weights), query[1])
