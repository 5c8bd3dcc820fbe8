import torch
from torch import nn
import torch.nn.functional as F


class InfraredPainter(nn.Module):
    """The physics network is fixed; its losses act on the painter through its input."""

    def __init__(self):
        super().__init__()
        self.denoise = nn.Linear(4, 4)
        self.physics = nn.Sequential(nn.Linear(4, 3), nn.Sigmoid())
        self.physics.eval()
        for parameter in self.physics.parameters():
            parameter.requires_grad = False

    def loss_rec(self, painted, infrared):
        t, e, v = self.physics(painted).unbind(dim=-1)
        return F.l1_loss(e * t + (1 - e) * v, infrared.mean(dim=-1))

    def loss_tev(self, painted, infrared):
        with torch.no_grad():
            wanted = self.physics(infrared)
        return F.mse_loss(self.physics(painted), wanted)

    def training_loss(self, visible, infrared):
        painted = self.denoise(visible)
        return self.loss_rec(painted, infrared) + 0.5 * self.loss_tev(painted, infrared)
