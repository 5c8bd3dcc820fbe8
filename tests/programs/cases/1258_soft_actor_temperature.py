import torch
from torch import nn
import torch.nn.functional as F


class SAC(nn.Module):
    def __init__(self, obs=4, act=2):
        super().__init__()
        self.pi = nn.Linear(obs, 2 * act)
        self.q = nn.Linear(obs + act, 1)
        self.q_bar = nn.Linear(obs + act, 1).requires_grad_(False)
        self.log_alpha = nn.Parameter(torch.zeros(()))
        self.target_entropy = -float(act)

    def act(self, s):
        mu, log_std = self.pi(s).chunk(2, -1)
        std = log_std.clamp(-5, 2).exp()
        u = mu + std * torch.randn_like(std)
        logp = (-0.5 * ((u - mu) / std) ** 2 - std.log()).sum(-1)
        a = torch.tanh(u)
        return a, logp - torch.log(1 - a ** 2 + 1e-6).sum(-1)

    def update_losses(self, s, a, r, s2):
        alpha = self.log_alpha.exp()
        with torch.no_grad():
            a2, lp2 = self.act(s2)
            y = r + 0.99 * (self.q_bar(torch.cat([s2, a2], -1)).squeeze(-1) - alpha * lp2)
        critic = F.mse_loss(self.q(torch.cat([s, a], -1)).squeeze(-1), y)
        new, lp = self.act(s)
        actor = (alpha.detach() * lp - self.q(torch.cat([s, new], -1)).squeeze(-1)).mean()
        temperature = -(self.log_alpha * (lp + self.target_entropy).detach()).mean()
        return critic + actor + temperature
