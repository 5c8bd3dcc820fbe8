import torch
from torch import nn
from torch.distributions import Normal


class Sac(nn.Module):
    def __init__(self, target_entropy=-1.0):
        super().__init__()
        self.pi = nn.Linear(3, 1)
        self.q = nn.Linear(4, 1)
        self.log_alpha = nn.Parameter(torch.zeros(1))
        self.target_entropy = target_entropy

    def alpha_and_actor(self, s):
        dist = Normal(self.pi(s), 0.5)
        u = dist.rsample()
        a = torch.tanh(u)
        logp = (dist.log_prob(u) - torch.log(1 - a.pow(2) + 1e-6)).sum(-1)
        alpha_loss = -(self.log_alpha * (logp + self.target_entropy).detach()).mean()
        value = self.q(torch.cat([s, a], dim=-1)).squeeze(-1)
        actor_loss = (self.log_alpha.exp().detach() * logp - value).mean()
        return alpha_loss + actor_loss
