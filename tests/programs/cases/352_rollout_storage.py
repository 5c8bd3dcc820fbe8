"""REINFORCE with a baseline; every quantity of an episode goes through one storage object."""

from collections import defaultdict

import torch
from torch import nn
from torch.distributions import Categorical


class Storage:
    def __init__(self):
        self._columns = defaultdict(list)

    def add(self, **entries):
        for key, value in entries.items():
            self._columns[key].append(value.detach())

    def __getitem__(self, key):
        return torch.stack(self._columns[key])

    def clear(self):
        self._columns.clear()


class PolicyAgent(nn.Module):
    def __init__(self, n_obs=4, n_actions=3, discount=0.9):
        super().__init__()
        self.policy = nn.Linear(n_obs, n_actions)
        self.discount = discount
        self.storage = Storage()

    def act(self, obs):
        dist = Categorical(logits=self.policy(obs))
        action = dist.sample()
        self.storage.add(log_prob=dist.log_prob(action), entropy=dist.entropy())
        return action

    def returns(self, rewards):
        out, running = [], torch.zeros(())
        for reward in rewards.flip(0):
            running = reward + self.discount * running
            out.append(running)
        return torch.stack(out[::-1])

    def learn(self, observations, rewards):
        self.storage.clear()
        for obs in observations:
            self.act(obs)
        gain = self.returns(rewards)
        advantage = gain - gain.mean()
        return -(self.storage["log_prob"] * advantage).mean() - 0.01 * self.storage["entropy"].mean()
