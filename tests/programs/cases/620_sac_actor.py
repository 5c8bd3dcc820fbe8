import torch
from torch import nn
from torch.distributions import Normal


class ActorLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.actor = nn.Linear(3, 4)
        self.critic = nn.Linear(5, 1)
        self.log_alpha = nn.Parameter(torch.zeros(()))

    def loss(self, s):
        mu, log_std = self.actor(s).chunk(2, dim=-1)
        pi = Normal(mu, log_std.clamp(-5, 2).exp())
        u = pi.rsample()
        a = torch.tanh(u)
        logp = (pi.log_prob(u) - torch.log(1 - a.pow(2) + 1e-6)).sum(-1)
        q = self.critic(torch.cat([s, a], -1)).squeeze(-1)
        return (self.log_alpha.exp().detach() * logp - q).mean()
