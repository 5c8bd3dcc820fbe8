import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Normal

LOG_STD_MIN, LOG_STD_MAX = -20, 2


class SAC(nn.Module):
    def __init__(self, obs=4, act=2, hidden=16):
        super().__init__()
        self.body = nn.Linear(obs, hidden)
        self.mu = nn.Linear(hidden, act)
        self.log_std = nn.Linear(hidden, act)
        self.q1 = nn.Sequential(nn.Linear(obs + act, hidden), nn.ReLU(), nn.Linear(hidden, 1))
        self.q2 = nn.Sequential(nn.Linear(obs + act, hidden), nn.ReLU(), nn.Linear(hidden, 1))
        self.log_alpha = nn.Parameter(torch.zeros(1))
        self.target_entropy = -float(act)

    def sample(self, obs):
        h = torch.tanh(self.body(obs))
        log_std = torch.clamp(self.log_std(h), LOG_STD_MIN, LOG_STD_MAX)
        normal = Normal(self.mu(h), log_std.exp())
        x_t = normal.rsample()
        action = torch.tanh(x_t)
        log_prob = normal.log_prob(x_t) - torch.log(1 - action.pow(2) + 1e-6)
        return action, log_prob.sum(1, keepdim=True)

    def actor_alpha_loss(self, obs):
        for p in [*self.q1.parameters(), *self.q2.parameters()]:
            p.requires_grad_(False)
        action, log_pi = self.sample(obs)
        sa = torch.cat([obs, action], 1)
        min_q = torch.min(self.q1(sa), self.q2(sa))
        alpha = self.log_alpha.exp().detach()
        actor_loss = (alpha * log_pi - min_q).mean()
        alpha_loss = -(self.log_alpha * (log_pi + self.target_entropy).detach()).mean()
        return actor_loss + alpha_loss
