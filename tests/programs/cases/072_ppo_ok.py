from typing import NamedTuple

import torch
from torch import nn


class Rollout(NamedTuple):
    obs: torch.Tensor
    act: torch.Tensor
    old_logp: torch.Tensor
    ret: torch.Tensor


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.pi = nn.Linear(3, 2)
        self.v = nn.Linear(3, 1)

    def update_loss(self, batch: Rollout):
        dist = torch.distributions.Categorical(logits=self.pi(batch.obs))
        value = self.v(batch.obs).squeeze(-1)
        adv = (batch.ret - value).detach()
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
        ratio = (dist.log_prob(batch.act) - batch.old_logp).exp()
        surrogate = torch.min(ratio * adv, ratio.clamp(0.8, 1.2) * adv).mean()
        critic = 0.5 * (batch.ret - value).pow(2).mean()
        approx_kl = (batch.old_logp - dist.log_prob(batch.act)).mean().item()
        if approx_kl > 10.0:
            return critic - surrogate.detach()
        return critic - surrogate - 0.01 * dist.entropy().mean()
