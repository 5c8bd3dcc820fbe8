import torch
from torch import nn
import torch.nn.functional as F


class GanRound(nn.Module):
    def __init__(self):
        super().__init__()
        self.g = nn.Linear(3, 4)
        self.d = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
        self.opt_d = torch.optim.SGD(self.d.parameters(), lr=0.1)

    def step(self, z, real):
        fake = self.g(z)
        score = self.d(fake)
        d_loss = F.softplus(-self.d(real)).mean() + F.softplus(self.d(fake.detach())).mean()
        self.opt_d.zero_grad()
        d_loss.backward()
        self.opt_d.step()
        return F.softplus(-score).mean()
