import torch
import torch.nn.functional as F
from torch import nn


class BagOfItems(nn.Module):
    """Session-based recommendation; item 0 is padding and must stay the zero vector."""

    PAD = 0

    def __init__(self, n_items=9, dim=5):
        super().__init__()
        self.items = nn.Parameter(torch.empty(n_items, dim))
        nn.init.xavier_uniform_(self.items)

    def table(self):
        self.items[self.PAD].zero_()
        return self.items

    def session_vector(self, session):
        vectors = F.embedding(session, self.table())
        count = (session != self.PAD).sum(-1, keepdim=True).clamp(min=1)
        return vectors.sum(1) / count

    def forward(self, session):
        return self.session_vector(session) @ self.table().T

    def loss(self, session, bought):
        scores = self(session)
        scores = scores.masked_fill(F.one_hot(torch.tensor(self.PAD), scores.size(-1)).bool(), -1e9)
        return F.cross_entropy(scores, bought)
