import torch
from torch import nn
from torch.distributions import Bernoulli


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.policy = nn.Linear(3, 1)
        self.saved = []

    def step(self, obs):
        dist = Bernoulli(logits=self.policy(obs))
        a = dist.sample()
        self.saved.append(dist.log_prob(a).sum())
        return a

    def update_loss(self, episode, rewards):
        self.saved.clear()
        for obs in episode:
            self.step(obs)
        returns = torch.flip(torch.cumsum(torch.flip(rewards, [0]), 0), [0])
        logp = torch.Tensor(self.saved)
        return -torch.sum(logp * (returns - returns.mean()))
