"""Sum of Lorentzian lines fitted to a spectrum in double precision."""

import torch
from torch import nn, optim


class SpectralFit(nn.Module):
    def __init__(self, centres, dtype=torch.float64):
        super().__init__()
        n = len(centres)
        self.register_buffer("centres", torch.as_tensor(centres, dtype=dtype))
        self.amplitude = nn.Parameter(torch.ones(n)).to(dtype)
        self.log_width = nn.Parameter(torch.zeros(n, dtype=dtype))

    def lines(self, frequency):
        detuning = frequency[:, None] - self.centres
        width = self.log_width.exp()
        return width.square() / (detuning.square() + width.square())

    def forward(self, frequency):
        return self.lines(frequency) @ self.amplitude

    def misfit(self, frequency, measured):
        return (self(frequency) - measured).square().mean()

    def fit(self, frequency, measured, steps=50):
        optimiser = optim.Adam(self.parameters(), lr=0.05)
        for _ in range(steps):
            optimiser.zero_grad()
            self.misfit(frequency, measured).backward()
            optimiser.step()
        return self
