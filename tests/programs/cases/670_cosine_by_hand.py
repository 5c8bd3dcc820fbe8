import torch
from torch import nn


class WordSim(nn.Module):
    def __init__(self, vocab=6, d=4):
        super().__init__()
        vectors = torch.cat([torch.zeros(1, d), torch.randn(vocab - 1, d)])
        self.emb = nn.Embedding.from_pretrained(vectors, freeze=False)

    def length(self, v):
        return v.pow(2).sum(-1).pow(0.5)

    def loss(self, a, b, human):
        u, v = self.emb(a), self.emb(b)
        cos = (u * v).sum(-1) / (self.length(u) * self.length(v) + 1e-8)
        return (cos - human).square().mean()
