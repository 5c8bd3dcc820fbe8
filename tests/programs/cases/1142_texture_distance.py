import torch
from torch import nn


def unit_channels(feature, eps=1e-10):
    length = torch.sqrt(torch.sum(feature ** 2, dim=1, keepdim=True))
    return feature / (length + eps)


class TextureDistance(nn.Module):
    def __init__(self):
        super().__init__()
        self.bank = nn.Conv2d(1, 4, 3, bias=False).requires_grad_(False)

    def forward(self, shown, reference):
        a = torch.tanh(self.bank(shown))
        b = torch.tanh(self.bank(reference))
        return (unit_channels(a) - unit_channels(b)).pow(2).sum(1).mean()
