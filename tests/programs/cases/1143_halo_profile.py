import torch
from torch import nn


def bending(u):
    low = torch.atanh(torch.sqrt(1 - u ** 2)) / torch.sqrt(1 - u ** 2)
    high = torch.atan(torch.sqrt(u ** 2 - 1)) / torch.sqrt(u ** 2 - 1)
    return torch.where(u < 1, low, torch.where(u > 1, high, torch.ones_like(u)))


class HaloFit(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(1.5))

    def chi2(self, radius, shear):
        return (bending(radius / self.scale) - shear).square().sum()
