import torch
from torch import nn


class HillCurve(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_ec50 = nn.Parameter(torch.tensor(0.0))
        self.slope = nn.Parameter(torch.tensor(1.5))

    def response(self, dose):
        ratio = self.log_ec50.exp() / dose
        return 1 / (1 + ratio ** self.slope)

    def loss(self, dose, effect):
        return (self.response(dose) - effect).square().mean()
