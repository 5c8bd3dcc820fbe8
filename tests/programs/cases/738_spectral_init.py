import torch
from torch import nn


class KernelRidge(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_gamma = nn.Parameter(torch.zeros(1))
        self.alpha = nn.Parameter(torch.zeros(5))

    def fit(self, x, y):
        k = torch.exp(-self.log_gamma.exp() * torch.cdist(x, x) ** 2)
        self.alpha = nn.Parameter(torch.linalg.solve(k + 0.1 * torch.eye(len(x)), y))

    def loss(self, x, y, val_y):
        self.fit(x, y)
        k = torch.exp(-torch.cdist(x, x) ** 2)
        return (k @ self.alpha - val_y).pow(2).mean()
