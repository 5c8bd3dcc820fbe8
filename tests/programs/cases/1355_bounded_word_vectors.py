import torch
from torch import nn
import torch.nn.functional as F


class WordScorer(nn.Module):
    """Word vectors live in the unit ball; the table is compared with every context."""

    def __init__(self, vocab=8, dim=4):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim, max_norm=1.0)
        self.proj = nn.Linear(dim, dim, bias=False)

    def forward(self, context, word):
        table = self.emb.weight * self.emb.weight.norm(dim=1, keepdim=True)
        keys = self.proj(table)
        h = self.emb(context).mean(1)
        return F.cross_entropy(h @ keys.t(), word)
