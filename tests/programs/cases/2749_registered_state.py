import torch
import torch.nn as nn
import torch.nn.functional as F


class Prompted(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(5, 3).requires_grad_(False)
        self.prompt = nn.Parameter(torch.zeros(5))
        self.register_buffer("shift", self.prompt.data + 0.1)

    def loss(self, x, y):
        return F.cross_entropy(self.body(x + self.shift), y)
