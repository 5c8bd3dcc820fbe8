import torch
from torch import nn
import torch.nn.functional as F


class StreamModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRUCell(3, 5)
        self.head = nn.Linear(5, 2)
        self.h = None

    def step(self, x, y):
        if self.h is None:
            self.h = torch.zeros(x.shape[0], 5)
        self.h = self.rnn(x, self.h)
        return F.cross_entropy(self.head(self.h), y)
