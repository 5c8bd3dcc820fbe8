import torch
from torch import nn
import torch.nn.functional as F


class Stream(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3, 4, batch_first=True)
        self.head = nn.Linear(4, 1)
        self.state = None

    def step_loss(self, chunk, y):
        out, self.state = self.gru(chunk, self.state)
        return F.mse_loss(self.head(out[:, -1]), y)
