import copy

import torch
from torch import nn
import torch.nn.functional as F


def mlp(i, o, h=24):
    return nn.Sequential(nn.Linear(i, h), nn.ReLU(), nn.Linear(h, o))


class DiscreteSAC(nn.Module):
    def __init__(self, n_obs=4, n_act=3, gamma=0.99):
        super().__init__()
        self.policy = mlp(n_obs, n_act)
        self.q1, self.q2 = mlp(n_obs, n_act), mlp(n_obs, n_act)
        self.q1_target = copy.deepcopy(self.q1).requires_grad_(False)
        self.q2_target = copy.deepcopy(self.q2).requires_grad_(False)
        self.log_alpha = nn.Parameter(torch.tensor(-1.0))
        self.target_entropy = 0.98 * float(torch.log(torch.tensor(float(n_act))))
        self.gamma = gamma

    def action_probs(self, s):
        logits = self.policy(s)
        return logits.softmax(-1), logits.log_softmax(-1)

    @torch.no_grad()
    def bellman_target(self, r, s2, done):
        p, logp = self.action_probs(s2)
        q = torch.min(self.q1_target(s2), self.q2_target(s2))
        v = (p * (q - self.log_alpha.exp() * logp)).sum(-1)
        return r + self.gamma * (1.0 - done) * v

    def critic_loss(self, s, a, target):
        qs = (q(s).gather(1, a[:, None]).squeeze(1) for q in (self.q1, self.q2))
        return sum(F.mse_loss(q, target) for q in qs)

    def actor_loss(self, s):
        with torch.no_grad():
            q = torch.min(self.q1(s), self.q2(s))
        p, logp = self.action_probs(s)
        alpha = self.log_alpha.exp().item()
        entropy = -(p * logp).sum(-1)
        return (-(p * q).sum(-1) - alpha * entropy).mean(), entropy.detach()

    def update(self, batch):
        s, a, r, s2, done = batch
        critic = self.critic_loss(s, a, self.bellman_target(r, s2, done))
        actor, entropy = self.actor_loss(s)
        alpha_loss = -(self.log_alpha * (self.target_entropy - entropy)).mean()
        return critic + actor + alpha_loss
