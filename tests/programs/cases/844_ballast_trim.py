import torch
from torch import nn
import torch.nn.functional as F


class BallastPlanner(nn.Module):
    def __init__(self, tanks=4):
        super().__init__()
        self.pump = nn.Linear(3, tanks, bias=False)
        self.register_buffer("arm", torch.linspace(-1, 1, tanks))

    def fill(self, cargo):
        weights = self.pump.state_dict()
        return F.softplus(F.linear(cargo, weights["weight"]))

    def trim_loss(self, cargo, moment):
        return F.mse_loss(self.fill(cargo) @ self.arm, moment)
