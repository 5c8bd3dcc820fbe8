import torch
from torch import nn


def frozen(function):
    def call(*args, **kwargs):
        with torch.no_grad():
            return function(*args, **kwargs)
    return call


class SoilModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Linear(4, 2)

    @frozen
    def moments(self, probe):
        mean, raw = self.layers(probe).chunk(2, dim=-1)
        return mean.squeeze(-1), nn.functional.softplus(raw.squeeze(-1)) + 1e-3

    def nll(self, probe, density):
        mean, scale = self.moments(probe)
        return (0.5 * ((density - mean) / scale) ** 2 + scale.log()).mean()
