import torch
from torch import nn


class KernelLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_len = nn.Parameter(torch.zeros(2))

    def matern(self, x):
        z = x / self.log_len.exp()
        d = ((z[:, None] - z[None]) ** 2).sum(-1) ** 0.5
        k = (1 + d) * torch.exp(-d)
        return torch.where(d > 0, k, torch.ones_like(k))

    def loss(self, x, y):
        k = self.matern(x) + 0.1 * torch.eye(len(x))
        return 0.5 * y @ torch.linalg.solve(k, y) + 0.5 * torch.logdet(k)
