import torch
from torch import nn


class TextEncoder(nn.Module):
    def __init__(self, vocab=10, d=4, pad=0):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.pad = pad
        self.cls = nn.Linear(d, 2)

    def loss(self, ids, y):
        self.emb.weight[self.pad].fill_(0)
        pooled = self.emb(ids).mean(dim=1)
        return nn.functional.cross_entropy(self.cls(pooled), y)
