import torch
from torch import nn


class Summariser(nn.Module):
    def __init__(self, vocab=9, d=4):
        super().__init__()
        self.lm = nn.Linear(d, vocab)
        self.register_buffer("length_cost", torch.rand(vocab))

    def decode(self, h):
        out = []
        for t in range(h.shape[1]):
            _, word = torch.max(self.lm(h[:, t]), dim=-1)
            out.append(self.length_cost[word])
        return torch.stack(out, dim=1)

    def loss(self, h, budget):
        return torch.relu(self.decode(h).sum(1) - budget).mean() + self.decode(h).mean()
