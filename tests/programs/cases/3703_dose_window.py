import torch
from torch import nn


class PlanModel(nn.Module):
    """Treatment plan: beam weights and a learnt window of tolerance around the prescribed dose."""

    def __init__(self, beams=4, window=50.0, limit=10.0):
        super().__init__()
        self.weights = nn.Parameter(torch.ones(beams))
        self.window = nn.Parameter(torch.tensor(window))
        self.limit = limit

    def objective(self, beamlets, prescribed):
        dose = beamlets @ self.weights.abs()
        width = torch.clamp(self.window, 0.1, self.limit)
        miss = (dose - prescribed) / width
        return (miss ** 2).mean() + torch.log(width)
