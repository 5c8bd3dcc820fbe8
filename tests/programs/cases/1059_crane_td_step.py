import torch
from torch import nn
import torch.nn.functional as F


class CraneAgent:
    def __init__(self, obs=5, act=2):
        self.encoder = nn.Linear(obs, 6)
        self.actor = nn.Linear(6, act)
        self.critic = nn.Linear(6 + act, 1)
        self.opt_a = torch.optim.Adam(self.actor.parameters(), 1e-3)
        self.opt_c = torch.optim.Adam([*self.encoder.parameters(), *self.critic.parameters()], 1e-3)

    def q(self, z, a):
        return self.critic(torch.cat([z, a], -1)).squeeze(-1)

    def update(self, obs, act, reward, nxt):
        z = torch.tanh(self.encoder(obs))
        with torch.no_grad():
            z2 = torch.tanh(self.encoder(nxt))
            target = reward + 0.98 * self.q(z2, torch.tanh(self.actor(z2)))
        loss_actor = -self.q(z, torch.tanh(self.actor(z))).mean()
        loss_qvalue = F.smooth_l1_loss(self.q(z, act), target)
        self.opt_a.zero_grad()
        loss_actor.backward()
        self.opt_c.zero_grad()
        return loss_qvalue
