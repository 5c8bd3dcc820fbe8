import torch
import torch.nn as nn
import torch.nn.functional as F


class Whitening2d(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        x = x - x.mean(0, keepdim=True)
        cov = x.t() @ x / (x.shape[0] - 1)
        evals, evecs = torch.linalg.eigh(cov)
        inv_sqrt = evecs @ torch.diag(evals.rsqrt()) @ evecs.t()
        return x @ inv_sqrt


class WMSE(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.whiten = Whitening2d(dim)

    def forward(self, z, other):
        return F.mse_loss(F.normalize(self.whiten(z)), F.normalize(other))
