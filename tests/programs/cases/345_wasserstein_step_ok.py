"""Wasserstein critic with weight clipping; everything that is logged leaves the graph."""

import numpy as np
import torch
from torch import nn


class CriticTrainer:
    def __init__(self, generator, dim=4, limit=0.1):
        self.generator = generator
        self.critic = nn.Sequential(nn.Linear(dim, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
        self.limit = limit
        self.history = {"gap": [], "quantiles": []}

    def clip(self):
        for weight in self.critic.parameters():
            weight.data.clamp_(-self.limit, self.limit)

    def fake(self, noise):
        with torch.no_grad():
            return self.generator(noise)

    def record(self, real_score, fake_score):
        self.history["gap"].append((real_score.mean() - fake_score.mean()).item())
        values = torch.cat([real_score, fake_score]).detach().numpy()
        self.history["quantiles"].append(np.quantile(values, [0.1, 0.9]).round(3))

    def critic_step(self, real, noise):
        self.clip()
        real_score = self.critic(real)
        fake_score = self.critic(self.fake(noise))
        self.record(real_score, fake_score)
        return fake_score.mean() - real_score.mean()
