import torch
from torch import nn
import torch.nn.functional as F


class SoftExponential(nn.Module):
    def __init__(self, alpha=0.0):
        super().__init__()
        self.alpha = nn.Parameter(torch.tensor(alpha))

    def forward(self, x):
        if self.alpha == 0.0:
            return x
        if self.alpha < 0.0:
            return -torch.log(1 - self.alpha * (x + self.alpha)) / self.alpha
        return torch.expm1(self.alpha * x) / self.alpha + self.alpha


class DoseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin, self.act = nn.Linear(4, 3), SoftExponential()

    def loss(self, dose, response):
        return F.mse_loss(self.act(self.lin(dose)).sum(1), response)
