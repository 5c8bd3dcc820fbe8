import torch
from torch import nn


class NetworkLoss(nn.Module):
    """Flow through a check valve grows with the root of the pressure drop."""

    def __init__(self, pipes, conductance=0.4):
        super().__init__()
        self.register_buffer("pipes", torch.tensor(pipes))
        self.conductance = conductance

    def flow(self, pressure):
        drop = pressure[self.pipes[:, 0]] - pressure[self.pipes[:, 1]]
        forward = self.conductance * drop.sqrt()
        return torch.where(drop > 0, forward, torch.zeros_like(drop))

    def residual(self, pressure, metered):
        return (self.flow(pressure) - metered).square().sum()
