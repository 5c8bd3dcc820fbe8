import torch
from torch import nn


class LeakyLayer(nn.Module):
    def __init__(self, n=3):
        super().__init__()
        self.inp = nn.Linear(2, n)
        self.leak = nn.Parameter(torch.full((n,), 0.3))

    def forward(self, seq):
        self.leak.clamp_(0.0, 1.0)
        state = seq.new_zeros(seq.shape[1], self.leak.numel())
        for x in seq:
            state = (1 - self.leak) * state + self.leak * torch.tanh(self.inp(x))
        return state

    def loss(self, seq, y):
        return nn.functional.mse_loss(self(seq).sum(-1), y)
