import torch
from torch import nn
from torch.autograd.functional import jacobian


class ContractiveAE(nn.Module):
    def __init__(self, lam=0.1):
        super().__init__()
        self.enc = nn.Linear(5, 3)
        self.dec = nn.Linear(3, 5)
        self.lam = lam

    def code(self, x):
        return torch.sigmoid(self.enc(x))

    def loss(self, x):
        rec = (self.dec(self.code(x)) - x).pow(2).mean()
        j = jacobian(self.code, x)
        return rec + self.lam * j.pow(2).sum()
