import numpy as np
import torch
from torch import nn


class EchoState(nn.Module):
    def __init__(self, units=4, n_in=2, leak=0.3):
        super().__init__()
        self.recurrent = nn.Parameter(torch.randn(units, units) * 0.3)
        self.inlet = nn.Parameter(torch.randn(units, n_in))
        self.leak = leak

    def radius(self):
        eig = np.linalg.eigvals(self.recurrent.data.numpy())
        return torch.tensor(np.abs(eig).max())

    def energy(self, drive):
        state = torch.zeros(len(self.inlet))
        for u in drive:
            state = (1 - self.leak) * state + self.leak * torch.tanh(self.inlet @ u)
        return state.square().mean()

    def regulariser(self, drive):
        return 0.1 * self.energy(drive) + (self.radius() - 0.95).abs()
