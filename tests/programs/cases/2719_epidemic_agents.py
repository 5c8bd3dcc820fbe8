import torch
import torch.nn as nn

SUSCEPTIBLE, INFECTED = 0.0, 2.0


class Seirm(nn.Module):
    def __init__(self, agents):
        super().__init__()
        self.rate = nn.Parameter(torch.tensor(0.3))
        self.register_buffer("exposure", torch.rand(agents))

    def infect(self, stages):
        p = torch.sigmoid(10 * (self.rate - self.exposure))
        return torch.maximum(stages, INFECTED * p)

    def count(self, stages):
        infected_mask = (stages.round() == INFECTED)
        newly = infected_mask * torch.ones_like(stages)
        return newly.sum()

    def forward(self, steps):
        stages = torch.zeros_like(self.exposure)
        curve = []
        for t in range(steps):
            stages = self.infect(stages)
            curve.append(self.count(stages))
        return torch.stack(curve)


def fit(sim, observed):
    simulated = sim(len(observed))
    return torch.sqrt(((simulated - observed) ** 2).mean() + 1e-6)
