import torch
from torch import nn


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 3, 3, padding=1)

    def pyramid(self, x):
        h = self.conv(x)
        h.relu_()
        rows = h.new_zeros(h.size(0), 4, h.size(1))
        for i in range(4):
            rows[:, i] = h[:, :, 2 * i:2 * i + 2].mean(-1)
        rows += 0.5
        return rows

    def loss(self, x, y):
        return (self.pyramid(x) - y).abs().mean()
