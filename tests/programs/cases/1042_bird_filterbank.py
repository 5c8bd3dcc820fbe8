import math
import torch
from torch import nn
import torch.nn.functional as F


class CentreConstraint(nn.Module):
    def __init__(self, kernel_size):
        super().__init__()
        self.kernel_size = kernel_size

    def forward(self, kernel):
        mu_lower, mu_upper = 0.0, math.pi
        sigma_lower = 4 * math.sqrt(2 * math.log(2)) / math.pi
        sigma_upper = self.kernel_size * math.sqrt(2 * math.log(2)) / math.pi
        with torch.no_grad():
            mu = torch.clamp(kernel[:, 0], mu_lower, mu_upper).unsqueeze(1)
            sigma = torch.clamp(kernel[:, 1], sigma_lower, sigma_upper).unsqueeze(1)
            return torch.cat((mu, sigma), dim=-1)


class Filterbank(nn.Module):
    def __init__(self, filters=3, size=9):
        super().__init__()
        self.size = size
        self.kernel = nn.Parameter(torch.stack([torch.linspace(0.3, 2.8, filters), torch.full((filters,), 2.0)], 1))
        self.constraint = CentreConstraint(size)
        self.head = nn.Linear(filters, 2)

    def forward(self, wave):
        centre, width = self.constraint(self.kernel).unbind(1)
        t = torch.arange(-(self.size // 2), self.size // 2 + 1.0)
        filters = torch.cos(centre[:, None] * t) * torch.exp(-0.5 * (t / width[:, None]) ** 2)
        return self.head(F.conv1d(wave, filters[:, None]).square().mean(-1))

    def loss(self, wave, species):
        return F.cross_entropy(self(wave), species)
