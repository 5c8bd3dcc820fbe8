import torch
from torch import nn


class SentenceScorer(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.EmbeddingBag(20, 5)
        self.cache = {}

    def encode(self, key, tokens):
        if key not in self.cache:
            self.cache[key] = self.enc(tokens[None]).squeeze(0).detach()
        return self.cache[key]

    def loss(self, batch, targets):
        vecs = torch.stack([self.encode(k, t) for k, t in batch.items()])
        sims = vecs @ vecs.t()
        return (sims - targets).pow(2).mean()
