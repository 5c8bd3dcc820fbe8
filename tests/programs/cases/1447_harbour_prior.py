import torch
from torch import nn
import torch.nn.functional as F


class HarbourModel(nn.Module):
    def __init__(self, chart):
        super().__init__()
        self.prior_net, self.depth = nn.Linear(3, 2), nn.Linear(4, 2)
        self.prior = torch.tanh(self.prior_net(chart))

    def step(self, sonar, sounding):
        guess = self.depth(sonar)
        pull = (guess - self.prior).square().mean()
        return F.l1_loss(guess, sounding) + 0.1 * pull
