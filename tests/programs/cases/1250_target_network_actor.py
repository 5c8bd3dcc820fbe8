import copy
import torch
from torch import nn
import torch.nn.functional as F


class TD3(nn.Module):
    def __init__(self, obs=4, act=2):
        super().__init__()
        self.actor = nn.Linear(obs, act)
        self.q1, self.q2 = nn.Linear(obs + act, 1), nn.Linear(obs + act, 1)
        self.actor_t, self.q1_t, self.q2_t = map(copy.deepcopy, (self.actor, self.q1, self.q2))

    def critic_loss(self, s, a, r, s2, d, gamma=0.99):
        with torch.no_grad():
            noise = (0.2 * torch.randn_like(a)).clamp(-0.5, 0.5)
            a2 = (torch.tanh(self.actor_t(s2)) + noise).clamp(-1, 1)
            sa2 = torch.cat([s2, a2], 1)
            y = r + gamma * (1 - d) * torch.min(self.q1_t(sa2), self.q2_t(sa2))
        sa = torch.cat([s, a], 1)
        return F.mse_loss(self.q1(sa), y) + F.mse_loss(self.q2(sa), y)

    def actor_loss(self, s):
        return -self.q1(torch.cat([s, torch.tanh(self.actor(s))], 1)).mean()
