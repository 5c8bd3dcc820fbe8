import torch
from torch import nn


class Recurrence(nn.Module):
    def __init__(self, n_in=3, n=4):
        super().__init__()
        self.w_in = nn.Parameter(torch.randn(n_in, n) * 0.3)
        self.w_rec = nn.Parameter(torch.randn(n, n) * 0.3)

    def states(self, u):
        steps, batch, _ = u.shape
        h = torch.zeros(steps + 1, batch, self.w_rec.shape[0])
        for t in range(steps):
            h[t + 1] = torch.tanh(u[t] @ self.w_in + h[t] @ self.w_rec)
        return h[1:]

    def rollout_loss(self, u, y):
        return (self.states(u)[-1] - y).square().sum()
