import torch
import torch.nn as nn


class Agent(nn.Module):
    def __init__(self, obs_dim=4, act_dim=2):
        super().__init__()
        self.pi = nn.Sequential(nn.Linear(obs_dim, 12), nn.ReLU(), nn.Linear(12, act_dim), nn.Tanh())
        self.q = nn.Linear(obs_dim + act_dim, 1)

    def act(self, obs, noise=0.0):
        a = self.pi(obs)
        return (a + noise * torch.randn_like(a)).clamp(-1, 1).detach()

    def value(self, obs, act):
        return self.q(torch.cat((obs, act), dim=-1)).squeeze(-1)

    def update(self, obs, act, target):
        critic = nn.functional.smooth_l1_loss(self.value(obs, act), target)
        actor = -self.value(obs, self.act(obs)).mean()
        return critic + 0.5 * actor
