import torch
from torch import nn
import torch.nn.functional as F


class Scorer(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(4, 4)

    def loss(self, x, pad, y):
        probs = F.softmax(self.lin(x), dim=-1)
        probs[pad] = 0.25
        picked = probs.gather(1, y[:, None]).squeeze(1)
        return -(picked + 1e-8).log().mean()
