import torch
from torch import nn


class NeuralOde(nn.Module):
    def __init__(self, d=3):
        super().__init__()
        self.f = nn.Linear(d, d)

    def trajectory(self, y, n=5, h=0.1):
        states = [y]
        for _ in range(n):
            k1 = torch.tanh(self.f(y))
            k2 = torch.tanh(self.f(y + 0.5 * h * k1))
            y = y + h * k2
            states.append(y.detach().clone())
        return torch.stack(states)

    def loss(self, y0, observed):
        return (self.trajectory(y0) - observed).pow(2).mean()
