import torch
from torch import nn


class Ddpg(nn.Module):
    def __init__(self, n_obs=4, n_act=2):
        super().__init__()
        self.actor = nn.Linear(n_obs, n_act)
        self.critic = nn.Linear(n_obs + n_act, 1)

    def act(self, obs):
        return torch.tanh(self.actor(obs))

    def q(self, obs, act):
        return self.critic(torch.cat([obs, act], dim=-1)).squeeze(-1)

    def actor_loss(self, obs):
        action = self.act(obs).detach()
        return -self.q(obs, action).mean()
