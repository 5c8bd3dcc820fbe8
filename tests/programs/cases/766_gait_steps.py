import torch
from torch import nn


class GaitLoss(nn.Module):
    def contact(self, phase):
        return 0.5 * (1 + torch.sign(torch.sin(phase)))

    def forward(self, phase, force):
        swing = (1 - self.contact(phase)) * force
        return swing.square().mean()
