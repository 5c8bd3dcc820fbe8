from typing import NamedTuple

import torch
from torch import Tensor, nn


class QuantizeOutput(NamedTuple):
    embeddings: Tensor
    ids: Tensor


class Quantize(nn.Module):
    def __init__(self, dim, codes):
        super().__init__()
        self.embedding = nn.Embedding(codes, dim)

    def forward(self, x):
        dist = torch.cdist(x, self.embedding.weight)
        ids = dist.detach().min(dim=1).indices
        emb = self.embedding(ids)
        emb_out = x + (emb - x).detach() if self.training else emb
        return QuantizeOutput(embeddings=emb_out, ids=ids)


class RqTokenizer(nn.Module):
    def __init__(self, beta=0.25, levels=2):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(6, 3), nn.Linear(3, 6)
        self.layers = nn.ModuleList([Quantize(3, 8) for _ in range(levels)])
        self.beta = beta

    def rqvae_loss(self, query, value):
        emb_loss = ((query.detach() - value) ** 2).sum(dim=[-1])
        query_loss = ((query - value.detach()) ** 2).sum(dim=[-1])
        return emb_loss + self.beta * query_loss

    def forward(self, x):
        res, embs, loss = self.encoder(x), [], 0
        for layer in self.layers:
            out = layer(res)
            loss = loss + self.rqvae_loss(res, out.embeddings)
            res = res - out.embeddings
            embs.append(out.embeddings)
        x_hat = self.decoder(torch.stack(embs).sum(0))
        return ((x_hat - x) ** 2).sum(-1).mean() + loss.mean()
