import torch
from torch import nn
import torch.nn.functional as F


class ProductQuantiser(nn.Module):
    def __init__(self, d=4, books=2, size=5):
        super().__init__()
        self.enc = nn.Linear(6, d)
        self.codes = nn.Parameter(torch.randn(books, size, d // books))

    def quantise(self, z):
        parts = []
        for part, book in zip(z.chunk(len(self.codes), dim=1), self.codes):
            idx = torch.cdist(part, book).min(dim=1).indices
            parts.append(book[idx])
        return torch.cat(parts, dim=1)

    def loss(self, x, other, same):
        d = (self.quantise(self.enc(x)) - self.quantise(self.enc(other))).pow(2).sum(1)
        return (same * d + (1 - same) * F.relu(1 - d)).mean()
