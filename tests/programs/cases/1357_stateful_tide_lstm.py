import torch
from torch import nn


class StatefulForecaster(nn.Module):
    """The state is carried from batch to batch in buffers, so that it is saved with the model."""

    def __init__(self, hidden=5, batch=2):
        super().__init__()
        self.cell = nn.LSTMCell(1, hidden)
        self.out = nn.Linear(hidden, 1)
        self.register_buffer("h", torch.zeros(batch, hidden))
        self.register_buffer("c", torch.zeros(batch, hidden))

    def forward(self, x):
        preds = []
        for t in range(x.size(1)):
            h, c = self.cell(x[:, t], (self.h, self.c))
            self.h.copy_(h)
            self.c.copy_(c)
            preds.append(self.out(h))
        return torch.stack(preds, 1)

    def loss(self, x, y):
        return nn.functional.mse_loss(self(x), y)
