import math

import torch
import torch.nn as nn
from torch.distributions import Categorical


class PPO(nn.Module):
    def __init__(self, obs=4, acts=2, clip=0.2, vf_coef=0.5):
        super().__init__()
        self.clip, self.vf_coef = clip, vf_coef
        self.pi = nn.Sequential(nn.Linear(obs, 16), nn.Tanh(), nn.Linear(16, acts))
        self.v = nn.Sequential(nn.Linear(obs, 16), nn.Tanh(), nn.Linear(16, 1))

    def surrogate(self, logp, old, adv):
        ratio = math.exp(logp - old)
        clipped = min(max(ratio, 1 - self.clip), 1 + self.clip)
        return min(ratio * adv, clipped * adv)

    def update(self, states, actions, old_logp, returns):
        values = self.v(states).squeeze(-1)
        advantages = (returns - values).detach()
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)

        policy_loss = 0.0
        for s, a, old, adv in zip(states, actions, old_logp, advantages):
            logp = Categorical(logits=self.pi(s)).log_prob(a)
            policy_loss = policy_loss - self.surrogate(logp, old, adv)
        value_loss = (returns - values).pow(2).mean()
        return policy_loss / len(states) + self.vf_coef * value_loss
