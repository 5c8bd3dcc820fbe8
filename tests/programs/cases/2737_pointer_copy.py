import torch
from torch import nn


class PointerGenerator(nn.Module):
    def __init__(self, dim=5, vocab=8, src_len=3):
        super().__init__()
        self.vocab = nn.Linear(dim, vocab)
        self.copy = nn.Linear(dim, src_len)
        self.gate = nn.Linear(dim, 1)
        self.sm = nn.Softmax(dim=-1)

    def mixture(self, ctx, src_ids):
        p = torch.sigmoid(self.gate(ctx))
        gen = self.sm(self.vocab(ctx))
        ptr = torch.zeros_like(gen).scatter_add(1, src_ids, self.sm(self.copy(ctx)))
        return p * gen + (1 - p) * ptr

    def step_loss(self, ctx, target, src_ids):
        probs = self.mixture(ctx, src_ids)
        picked = probs.gather(1, target.unsqueeze(1)).squeeze(1)
        return -torch.log(picked).mean()
