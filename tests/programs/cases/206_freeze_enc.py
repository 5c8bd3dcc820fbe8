import torch
from torch import nn
import torch.nn.functional as F


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(3, 4)

    @torch.no_grad()
    def embed(self, x):
        return self.enc(x)


class Matcher(Base):
    def loss(self, x, pos):
        a, b = map(self.embed, (x, pos))
        return (1 - F.cosine_similarity(a, b)).mean()
