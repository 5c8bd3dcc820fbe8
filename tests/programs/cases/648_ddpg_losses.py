import copy

import torch
from torch import nn
import torch.nn.functional as F


class Ddpg(nn.Module):
    def __init__(self, s=3, a=2):
        super().__init__()
        self.actor = nn.Linear(s, a)
        self.critic = nn.Linear(s + a, 1)
        self.actor_old = copy.deepcopy(self.actor).requires_grad_(False)
        self.critic_old = copy.deepcopy(self.critic).requires_grad_(False)

    def actor_loss(self, s):
        return -self.critic(torch.cat([s, self.actor(s).tanh()], 1)).mean()

    def critic_loss(self, s, a, r, s2, gamma=0.99):
        nxt = torch.cat([s2, self.actor_old(s2).tanh()], 1)
        y = r.unsqueeze(1) + gamma * self.critic_old(nxt)
        return F.mse_loss(self.critic(torch.cat([s, a], 1)), y.detach())
