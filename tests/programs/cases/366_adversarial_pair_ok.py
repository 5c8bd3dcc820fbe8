"""Both sides of a GAN step with a penalty on the judge's slope at real samples."""

import torch
import torch.nn.functional as F
from torch import nn


class AdversarialPair(nn.Module):
    def __init__(self, n_noise=3, n_data=4, gamma=2.0):
        super().__init__()
        self.generator = nn.Linear(n_noise, n_data)
        self.judge = nn.Sequential(nn.Linear(n_data, 8), nn.Softplus(), nn.Linear(8, 1))
        self.gamma = gamma

    def slope_penalty(self, real):
        real = real.detach().requires_grad_(True)
        (slope,) = torch.autograd.grad(self.judge(real).sum(), real, create_graph=True)
        return slope.square().sum(-1).mean()

    def judge_loss(self, real, noise):
        with torch.no_grad():
            fake = self.generator(noise)
        push = F.softplus(self.judge(fake)).mean() + F.softplus(-self.judge(real)).mean()
        return push + 0.5 * self.gamma * self.slope_penalty(real)

    def generator_loss(self, noise):
        self.judge.requires_grad_(False)
        value = F.softplus(-self.judge(self.generator(noise))).mean()
        self.judge.requires_grad_(True)
        return value

    def both(self, real, noise):
        return {"judge": self.judge_loss(real, noise), "generator": self.generator_loss(noise)}
