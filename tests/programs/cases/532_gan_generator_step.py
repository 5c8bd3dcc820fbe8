import torch
from torch import nn
import torch.nn.functional as F


class GanSteps(nn.Module):
    def __init__(self):
        super().__init__()
        self.g = nn.Linear(2, 4)
        self.d = nn.Linear(4, 1)

    def discriminator_loss(self, z, real):
        with torch.no_grad():
            fake = self.g(z)
        return F.relu(1 - self.d(real)).mean() + F.relu(1 + self.d(fake)).mean()

    def generator_loss(self, z):
        self.d.requires_grad_(False)
        out = -self.d(self.g(z)).mean()
        self.d.requires_grad_(True)
        return out
