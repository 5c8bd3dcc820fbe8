import torch
from torch import nn


class StreamModel(nn.Module):
    def __init__(self, n_in=3, hidden=5):
        super().__init__()
        self.cell = nn.GRUCell(n_in, hidden)
        self.read = nn.Linear(hidden, 1)
        self.memory = None

    def reset(self):
        self.memory = None

    def advance(self, chunk):
        if self.memory is None:
            self.memory = torch.zeros(chunk.size(0), self.cell.hidden_size)
        self.memory = self.cell(chunk, self.memory)
        return self.memory

    def update(self, chunk, nxt):
        """Called once per chunk of the stream; the caller runs backward and the optimiser."""
        pred = self.read(self.advance(chunk))
        return nn.functional.mse_loss(pred, nxt)
