import torch
from torch import nn


class SparseCoder(nn.Module):
    def __init__(self, n=6, d=4):
        super().__init__()
        self.atoms = nn.Parameter(torch.randn(n, d))

    @property
    def unit_atoms(self):
        return torch.tensor(self.atoms / self.atoms.norm(dim=1, keepdim=True))

    def loss(self, x, steps=3, lr=0.1):
        code = torch.zeros(len(x), len(self.atoms))
        for _ in range(steps):
            r = x - code @ self.unit_atoms
            code = torch.nn.functional.softshrink(code + lr * r @ self.unit_atoms.t(), 0.01)
        return (x - code @ self.unit_atoms).pow(2).mean()
