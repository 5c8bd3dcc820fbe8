import torch
from torch import nn
import torch.nn.functional as F


class TwinCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.q1, self.q2 = nn.Linear(5, 1), nn.Linear(5, 1)
        self.t1, self.t2 = nn.Linear(5, 1), nn.Linear(5, 1)
        self.actor = nn.Linear(3, 2)

    def loss(self, s, a, r, s2, done, gamma=0.98):
        with torch.no_grad():
            a2 = torch.tanh(self.actor(s2))
            nxt = torch.cat([s2, a2], 1)
            goal = r + gamma * (1 - done) * torch.min(self.t1(nxt), self.t2(nxt)).squeeze(1)
        now = torch.cat([s, a], 1)
        return sum(F.mse_loss(q(now).squeeze(1), goal) for q in (self.q1, self.q2))
