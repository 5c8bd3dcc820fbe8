import torch
from torch import nn


def sample_gumbel(shape, eps=1e-20):
    U = torch.rand(shape)
    return -torch.log(-torch.log(U + eps) + eps)


def gumbel_softmax(logits, temperature, hard=False):
    y = torch.softmax((logits + sample_gumbel(logits.size())) / temperature, dim=-1)
    if not hard:
        return y
    shape = y.size()
    _, ind = y.max(dim=-1)
    y_hard = torch.zeros_like(y).view(-1, shape[-1])
    y_hard.scatter_(1, ind.view(-1, 1), 1)
    y_hard = y_hard.view(*shape)
    return (y_hard - y).detach() + y


class RecipeSlots(nn.Module):
    def __init__(self, dim=4, slots=2, items=5):
        super().__init__()
        self.logits = nn.Linear(dim, slots * items)
        self.items = nn.Parameter(torch.randn(items, dim))
        self.shape = (slots, items)

    def loss(self, dish, hard=True):
        pick = gumbel_softmax(self.logits(dish).view(-1, *self.shape), 0.7, hard)
        return (pick @ self.items).sum(1).sub(dish).square().mean()
