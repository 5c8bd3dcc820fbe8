import torch
from torch import nn
from torch.distributions import Categorical


class ActorCritic(nn.Module):
    def __init__(self, obs=4, actions=2):
        super().__init__()
        self.body = nn.Linear(obs, 8)
        self.pi = nn.Linear(8, actions)
        self.v = nn.Linear(8, 1)

    def forward(self, s):
        h = torch.relu(self.body(s))
        return Categorical(logits=self.pi(h)), self.v(h)


class Worker:
    def __init__(self, net, gamma=0.9):
        self.net, self.gamma = net, gamma
        self.memory = []

    def rollout(self, states, rewards):
        self.memory = []
        for s, r in zip(states, rewards):
            dist, v = self.net(s)
            a = dist.sample()
            self.memory.append((r, dist.log_prob(a), v))

    def policy_loss(self, states, rewards):
        self.rollout(states, rewards)
        R, targets = 0.0, []
        for r, _, _ in self.memory[::-1]:
            R = float(r) + self.gamma * R
            targets.insert(0, R)
        targets = torch.tensor(targets)
        log_probs = torch.tensor([t[1] for t in self.memory], dtype=torch.float)
        values = torch.cat([t[2] for t in self.memory])
        adv = targets - values
        return -(log_probs * adv.detach()).mean() + adv.pow(2).mean()
