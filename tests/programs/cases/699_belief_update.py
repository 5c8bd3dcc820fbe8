import torch
from torch import nn


class Filter(nn.Module):
    def __init__(self, n=3):
        super().__init__()
        self.trans = nn.Parameter(torch.randn(n, n))

    def loss(self, evidence):
        belief = torch.full((self.trans.shape[0],), 1 / self.trans.shape[0])
        nll = 0.0
        for e in evidence:
            belief = torch.sqrt(belief @ self.trans.softmax(-1))
            belief.mul_(e)
            z = belief.sum()
            nll = nll - torch.log(z)
            belief = belief / z
        return nll + (belief ** 2).sum() * 0.1
