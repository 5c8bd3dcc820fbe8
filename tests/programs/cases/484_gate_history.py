import torch
from torch import nn


class LeakyCell(nn.Module):
    def __init__(self):
        super().__init__()
        self.win = nn.Linear(2, 4)
        self.decay = nn.Parameter(torch.full((4,), 0.9))

    def run(self, xs):
        state = torch.zeros(4)
        for x in xs:
            state = torch.tanh(self.win(x) + state)
            state *= self.decay
        return state

    def loss(self, xs, y):
        return (self.run(xs) - y).pow(2).sum()
