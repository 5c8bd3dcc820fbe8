import torch
from torch import nn


class MembraneFit(nn.Module):
    """Leaky integrator fitted to a patch-clamp recording."""

    def __init__(self, n_steps=6):
        super().__init__()
        self.leak = nn.Parameter(torch.tensor(0.2))
        self.voltage = nn.Parameter(torch.zeros(n_steps))

    def simulate(self, current):
        v = self.voltage
        v[0] = current[0]
        for t in range(1, len(current)):
            v = torch.cat([v[:t], (v[t] + (1 - self.leak) * v[t - 1] + current[t])[None], v[t + 1 :]])
        return v

    def misfit(self, current, recorded):
        return (self.simulate(current) - recorded).square().sum()
