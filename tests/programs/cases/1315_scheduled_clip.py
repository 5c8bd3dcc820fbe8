import torch
from torch import nn


class Policy(nn.Module):
    LOG_STD_MIN, LOG_STD_MAX = -5.0, 2.0

    def __init__(self, obs=4, act=2):
        super().__init__()
        self.mu = nn.Linear(obs, act)
        self.log_std = nn.Parameter(torch.full((act,), -10.0))

    def dist(self, obs):
        log_std = self.log_std.clamp(self.LOG_STD_MIN, self.LOG_STD_MAX)
        return torch.distributions.Normal(self.mu(obs), log_std.exp())

    def loss(self, obs, act, adv):
        return -(self.dist(obs).log_prob(act).sum(-1) * adv).mean()
