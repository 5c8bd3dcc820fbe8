import torch
from torch import nn


class DiscriminatorLoss(nn.Module):
    def forward(self, real, fake):
        r, f = torch.sigmoid(real), torch.sigmoid(fake)
        return -(torch.log(r) + torch.log(1 - f)).mean()
