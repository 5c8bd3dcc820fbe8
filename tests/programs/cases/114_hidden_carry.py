import torch
from torch import nn
import torch.nn.functional as F


class StreamTrainer(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 5, batch_first=True)
        self.head = nn.Linear(5, 1)
        self.state = None

    def step(self, x, y):
        out, self.state = self.rnn(x, self.state)
        return F.mse_loss(self.head(out), y)
