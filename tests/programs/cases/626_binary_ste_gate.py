import torch
from torch import nn


class ChannelGate(nn.Module):
    def __init__(self, c=4):
        super().__init__()
        self.conv = nn.Conv1d(2, c, 3)
        self.score = nn.Parameter(torch.randn(c))

    def gate(self):
        soft = torch.sigmoid(self.score)
        hard = (soft > 0.5).float()
        return hard - soft.detach() + soft

    def loss(self, x, y, budget=0.5):
        g = self.gate()
        out = (self.conv(x) * g[:, None]).mean((1, 2))
        return (out - y).pow(2).mean() + (g.mean() - budget).abs()
