import torch
import torch.nn as nn
import torch.nn.functional as F


class Conservative(nn.Module):
    def __init__(self, obs_dim=4, act_dim=2, weight=0.5):
        super().__init__()
        self.actor = nn.Linear(obs_dim, act_dim)
        self.critic = nn.Sequential(nn.Linear(obs_dim + act_dim, 16), nn.ReLU(), nn.Linear(16, 1))
        self.weight = weight

    def q(self, obs, act):
        return self.critic(torch.cat([obs, act], dim=-1)).squeeze(-1)

    def update(self, obs, act, target):
        pi = torch.tanh(self.actor(obs))
        seen, wanted = self.q(obs, act), self.q(obs, pi.detach())
        td = F.mse_loss(seen, target)
        gap = (wanted - seen).mean()
        imitate = F.mse_loss(pi, act)
        return td + self.weight * gap + imitate
