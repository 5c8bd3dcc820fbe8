import copy

import torch
from torch import nn
import torch.nn.functional as F


class Dueling(nn.Module):
    def __init__(self, s=4, a=3):
        super().__init__()
        self.value, self.gain = nn.Linear(s, 1), nn.Linear(s, a)

    def forward(self, s):
        g = self.gain(s)
        return self.value(s) + g - g.mean(1, keepdim=True)


class DuelingAgent:
    def __init__(self):
        self.net = Dueling()
        self.frozen = copy.deepcopy(self.net)

    def loss(self, s, a, r, s2, gamma=0.99):
        q = self.net(s).gather(1, a.unsqueeze(1))
        nxt = self.net(s2).argmax(1, keepdim=True)
        goal = r.unsqueeze(1) + gamma * self.frozen(s2).gather(1, nxt)
        return F.smooth_l1_loss(q, goal.detach())
