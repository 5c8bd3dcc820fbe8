import torch
from torch import nn
from torch.distributions import Categorical
import torch.nn.functional as F


class MovingStat:
    def __init__(self, momentum=0.9):
        self.momentum = momentum
        self.value = None

    def update(self, x):
        if self.value is None:
            self.value = x
        else:
            self.value = self.momentum * self.value + (1 - self.momentum) * x
        return self.value


class SeqController(nn.Module):
    def __init__(self, d=4, n_actions=3):
        super().__init__()
        self.pi = nn.Linear(d, n_actions)
        self.value = nn.Linear(d, 1)
        self.scale = MovingStat()

    def train_loss(self, obs, reward):
        dist = Categorical(logits=self.pi(obs))
        action = dist.sample()
        v = self.value(obs).squeeze(-1)
        td = (reward - v).abs().mean()
        norm = self.scale.update(td)
        adv = (reward - v.detach()) / (norm + 1e-6)
        pg = -(dist.log_prob(action) * adv).mean()
        return pg + 0.5 * F.mse_loss(v, reward)
