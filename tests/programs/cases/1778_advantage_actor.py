import torch
from torch import nn
from torch.distributions import Categorical


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.pi = nn.Linear(4, 3)
        self.v = nn.Linear(4, 1)

    def loss(self, s, a, ret):
        dist = Categorical(logits=self.pi(s))
        value = self.v(s).squeeze(-1)
        adv = (ret - value).detach()
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
        actor = -(dist.log_prob(a) * adv).mean()
        critic = (ret - value).pow(2).mean()
        return actor + 0.5 * critic - 0.01 * dist.entropy().mean()
