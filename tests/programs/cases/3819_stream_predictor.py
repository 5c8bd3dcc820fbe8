import torch
from torch import nn


class StreamPredictor(nn.Module):
    """next-sample prediction on a long signal, fed chunk by chunk"""

    def __init__(self, width=6):
        super().__init__()
        self.rnn = nn.GRU(1, width, batch_first=True)
        self.head = nn.Linear(width, 1)
        self.hidden = None

    def reset(self):
        self.hidden = None

    def forward(self, chunk):
        out, state = self.rnn(chunk, self.hidden)
        self.hidden = state
        return self.head(out)

    def chunk_loss(self, chunk):
        pred = self(chunk[:, :-1])
        return nn.functional.mse_loss(pred, chunk[:, 1:])
