import torch
from torch import nn


class SplineLoss(nn.Module):
    def __init__(self, n=5):
        super().__init__()
        self.knots = nn.Parameter(torch.rand(n))

    def snapped(self, grid=0.05):
        return (self.knots / grid).round() * grid

    def loss(self, x, y):
        basis = torch.relu(x[:, None] - self.snapped())
        coef = torch.linalg.lstsq(basis.detach() + 1e-3 * torch.eye(len(x), basis.shape[1]), y[:, None]).solution
        return (basis @ coef - y[:, None]).square().mean()
