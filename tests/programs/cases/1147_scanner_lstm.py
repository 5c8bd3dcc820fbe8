import torch
from torch import nn


class ScannerLSTM(nn.Module):
    def __init__(self, inputs=5, hidden=4, batch=3):
        super().__init__()
        self.lstm = nn.LSTM(inputs, hidden, batch_first=True)
        self.linear = nn.Linear(hidden, 1)
        self.hidden = self.init_hidden(batch, hidden)

    def init_hidden(self, batch, hidden):
        return torch.zeros(1, batch, hidden), torch.zeros(1, batch, hidden)

    def forward(self, scan):
        states, self.hidden = self.lstm(scan, self.hidden)
        pooled = states.mean(dim=1)
        return self.linear(pooled).squeeze(1)

    def step(self, scan, diagnosis):
        return nn.functional.binary_cross_entropy_with_logits(self(scan), diagnosis)
