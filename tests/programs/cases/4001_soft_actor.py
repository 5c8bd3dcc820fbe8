import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Normal


class Actor(nn.Module):
    def __init__(self, s, a):
        super().__init__()
        self.l1 = nn.Linear(s, 64)
        self.mu = nn.Linear(64, a)
        self.log_std = nn.Linear(64, a)

    def forward(self, state):
        x = F.relu(self.l1(state))
        return self.mu(x), self.log_std(x).clamp(-20, 2)

    def sample(self, state):
        mu, log_std = self.forward(state)
        dist = Normal(mu, log_std.exp())
        z = dist.sample()
        action = torch.tanh(z)
        log_prob = dist.log_prob(z) - torch.log(1 - action.pow(2) + 1e-6)
        return action, log_prob.sum(-1, keepdim=True)


class Critic(nn.Module):
    def __init__(self, s, a):
        super().__init__()
        self.q = nn.Sequential(nn.Linear(s + a, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, s, a):
        return self.q(torch.cat([s, a], 1))


class SAC:
    def __init__(self, s, a):
        self.actor = Actor(s, a)
        self.critic = Critic(s, a)
        self.alpha = 0.2

    def actor_loss(self, state):
        action, logp = self.actor.sample(state)
        q = self.critic(state, action)
        loss = (self.alpha * logp - q).mean()
        return loss
