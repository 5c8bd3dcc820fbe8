import torch
from torch import nn
import torch.nn.functional as F


class Echo(nn.Module):
    def __init__(self):
        super().__init__()
        self.gen = nn.Linear(3, 6)
        self.disc = nn.Linear(6 + 3, 1)

    def generator_step(self, img):
        spec = torch.sigmoid(self.gen(img))
        pair = torch.cat([spec.detach(), img], dim=1)
        verdict = self.disc(pair)
        return F.mse_loss(verdict, torch.ones_like(verdict))
