import torch
from torch import nn
from torch.distributions import Normal


class GliderActor(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = nn.Linear(3, 2)
        self.log_std = nn.Parameter(torch.zeros(2))
        self.critic = nn.Linear(5, 1).requires_grad_(False)

    def density(self, state):
        return Normal(self.mean(state), self.log_std.exp().expand(len(state), 2))

    def actor_loss(self, state, ent_coef=0.2):
        density = self.density(state)
        raw = density.rsample()
        action = torch.tanh(raw)
        squash = torch.log(1 - action.pow(2) + 1e-6).sum(dim=1)
        log_prob = density.log_prob(raw).sum(dim=1) - squash
        value = self.critic(torch.cat([state, action], dim=1)).squeeze(1)
        return (ent_coef * log_prob - value).mean()
