import torch
from torch import nn


class Temperature(nn.Module):
    def __init__(self, actions):
        super().__init__()
        self.log_alpha = nn.Parameter(torch.zeros(1))
        self.goal = -float(actions)

    @property
    def value(self):
        return self.log_alpha.detach().exp()

    def loss(self, log_prob):
        return -(self.log_alpha * (log_prob.detach() + self.goal)).mean()
