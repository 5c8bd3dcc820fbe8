import torch
from torch import nn


class AnomalyNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc, self.dec = nn.Linear(5, 2), nn.Linear(2, 5)
        self.register_buffer("limit", torch.tensor(1.0))

    def errors(self, x):
        return (self.dec(torch.tanh(self.enc(x))) - x).square().mean(-1)

    @torch.no_grad()
    def flag(self, x):
        return self.errors(x) > self.limit

    def loss(self, x):
        e = self.errors(x)
        clean = ~self.flag(x)
        with torch.no_grad():
            self.limit.fill_(torch.quantile(e, 0.9))
        return (e * clean).sum() / clean.sum().clamp(min=1) + 0.01 * e.mean()
