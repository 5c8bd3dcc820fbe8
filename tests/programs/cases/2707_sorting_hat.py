from collections import OrderedDict

import torch
import torch.nn as nn


class Gatekeeper(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(OrderedDict([
            ("hidden", nn.Linear(5, 7)),
            ("act", nn.ELU()),
            ("out", nn.Linear(7, 1)),
            ("norm", nn.Softmax(dim=-1)),
        ]))

    def loss(self, x, y):
        return (self.trunk(x) - y).abs().mean()
