import torch
from torch import nn
from torch.distributions import Categorical


class PPO(nn.Module):
    def __init__(self):
        super().__init__()
        self.pi, self.v = nn.Linear(4, 3), nn.Linear(4, 1)

    @torch.no_grad()
    def advantages(self, obs, rew, gamma=0.99, lam=0.95):
        v = self.v(obs).squeeze(-1)
        out, acc = torch.zeros_like(rew), 0.0
        for t in reversed(range(len(rew))):
            nxt = v[t + 1] if t + 1 < len(rew) else 0.0
            acc = rew[t] + gamma * nxt - v[t] + gamma * lam * acc
            out[t] = acc
        return out, out + v

    def loss(self, obs, act, rew, old):
        adv, ret = self.advantages(obs, rew)
        d = Categorical(logits=self.pi(obs))
        ratio = torch.exp(d.log_prob(act) - old)
        gain = torch.minimum(ratio * adv, ratio.clamp(0.8, 1.2) * adv).mean()
        return -gain + 0.5 * (self.v(obs).squeeze(-1) - ret).pow(2).mean() - 0.01 * d.entropy().mean()
