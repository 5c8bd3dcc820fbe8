import torch
from torch import nn
from torch.distributions import Normal
import torch.nn.functional as F


class DroneSAC:
    def __init__(self, obs=4, act=2):
        self.actor = nn.Linear(obs, 2 * act)
        self.q1, self.q2 = nn.Linear(obs + act, 1), nn.Linear(obs + act, 1)
        self.t1, self.t2 = nn.Linear(obs + act, 1), nn.Linear(obs + act, 1)
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.target_entropy = -float(act)

    def get_action(self, obs):
        mean, log_std = self.actor(obs).chunk(2, -1)
        log_std = -5 + 0.5 * 7 * (torch.tanh(log_std) + 1)
        normal = Normal(mean, log_std.exp())
        x_t = normal.rsample()
        y_t = torch.tanh(x_t)
        log_prob = normal.log_prob(x_t) - torch.log(1 - y_t.pow(2) + 1e-6)
        return y_t, log_prob.sum(1, keepdim=True)

    def losses(self, obs, act, reward, nxt, done):
        alpha = self.log_alpha.exp().item()
        with torch.no_grad():
            a2, logp2 = self.get_action(nxt)
            inp = torch.cat([nxt, a2], 1)
            target = reward + 0.99 * (1 - done) * (torch.min(self.t1(inp), self.t2(inp)) - alpha * logp2)
        sa = torch.cat([obs, act], 1)
        critic = F.mse_loss(self.q1(sa), target) + F.mse_loss(self.q2(sa), target)
        pi, logp = self.get_action(obs)
        spi = torch.cat([obs, pi], 1)
        actor = (alpha * logp - torch.min(self.q1(spi), self.q2(spi))).mean()
        alpha_loss = (-self.log_alpha.exp() * (logp.detach() + self.target_entropy)).mean()
        return critic + actor + alpha_loss
