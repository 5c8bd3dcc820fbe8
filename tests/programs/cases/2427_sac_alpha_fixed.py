import torch
from torch import nn, optim


class Trainer:
    def __init__(self):
        self.policy = nn.Linear(3, 4)
        self.q = nn.Linear(5, 1)
        self.logalpha = torch.zeros(1, requires_grad=True)
        self.target_entropy = -2.0
        self.policy_optimizer = optim.SGD(self.policy.parameters(), lr=0.0)
        self.alpha_optimizer = optim.SGD([self.logalpha], lr=0.1)

    def full_pass(self, s):
        mean, log_std = self.policy(s).chunk(2, dim=-1)
        dist = torch.distributions.Normal(mean, log_std.clamp(-20, 2).exp())
        pre = dist.rsample()
        logp = dist.log_prob(pre) - torch.log(1 - torch.tanh(pre).pow(2) + 1e-6)
        return torch.tanh(pre), logp.sum(-1, keepdim=True)

    def optimize_model(self, states):
        actions, logpi_s = self.full_pass(states)
        target_alpha = (logpi_s + self.target_entropy).detach()
        alpha_loss = -(self.logalpha * target_alpha).mean()
        self.alpha_optimizer.zero_grad()
        alpha_loss.backward()
        self.alpha_optimizer.step()
        alpha = self.logalpha.exp().item()

        q = self.q(torch.cat([states, actions], dim=-1))
        policy_loss = (alpha * logpi_s - q).mean()
        self.policy_optimizer.zero_grad()
        policy_loss.backward()
        self.policy_optimizer.step()
