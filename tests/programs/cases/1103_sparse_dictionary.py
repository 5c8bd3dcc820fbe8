import torch
from torch import nn


class SparseDictionary(nn.Module):
    def __init__(self, signal=8, atoms=12, lam=0.05):
        super().__init__()
        self.enc = nn.Linear(signal, atoms)
        self.dictionary = nn.Linear(atoms, signal, bias=False)
        self.lam = lam

    def forward(self, x):
        code = torch.relu(self.enc(x))
        return self.dictionary(code), code

    def loss(self, x):
        out, code = self(x)
        rec = torch.nn.functional.mse_loss(out, x)
        sparsity = torch.norm(code, p=0, dim=1).mean()
        self.stats = {"rec": rec.item(), "active": sparsity.item()}
        return rec + self.lam * sparsity
