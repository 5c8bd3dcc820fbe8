import torch
from torch import nn
import torch.nn.functional as F


class PromptTuner(nn.Module):
    def __init__(self, n=2, d=4):
        super().__init__()
        self.prompt = nn.Parameter(torch.zeros(n, d))
        self.head = nn.Linear(d, 2)

    def loss(self, x, y):
        self.prompt[0] = x.mean(dim=(0, 1))
        tokens = torch.cat([self.prompt.expand(len(x), -1, -1), x], dim=1)
        return F.cross_entropy(self.head(tokens.mean(1)), y)
