import torch
from torch import nn


def block(module, grad_input, grad_output):
    return tuple(torch.zeros_like(g) if g is not None else None for g in grad_input)


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 4)
        self.mid = nn.Linear(4, 4)
        self.head = nn.Linear(4, 2)
        self.mid.register_full_backward_hook(block)

    def loss(self, x, y):
        h = torch.tanh(self.body(x))
        return nn.functional.cross_entropy(self.head(self.mid(h)), y)
