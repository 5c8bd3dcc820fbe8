import math

import numpy as np
import torch
from scipy.special import lambertw
from torch import nn
import torch.nn.functional as F


class SuperLoss(nn.Module):
    """Weights each sample by its confidence; the optimal confidence has a closed form."""

    def __init__(self, C=10, lam=1.0, batch_size=128, fac=0.9):
        super().__init__()
        self.tau = math.log(C)
        self.lam = lam
        self.batch_size = batch_size
        self.fac = fac
        self.running = None

    def sigma(self, l_i):
        beta = (l_i.detach().cpu().numpy().astype(np.float64) - self.tau) / self.lam
        y = np.maximum(-1.0 / math.e + 1e-6, 0.5 * beta)
        z = np.exp(-lambertw(y).real)
        return torch.from_numpy(z).to(dtype=l_i.dtype, device=l_i.device)

    def forward(self, logits, targets):
        l_i = F.cross_entropy(logits, targets, reduction="none")
        if self.fac > 0.0:
            mean = l_i.detach().mean().item()
            self.running = mean if self.running is None else self.fac * self.running + (1 - self.fac) * mean
            self.tau = self.running
        sigma = self.sigma(l_i)
        loss = (l_i - self.tau) * sigma + self.lam * (torch.log(sigma.clamp(min=1e-8)) ** 2)
        return loss.sum() / self.batch_size
