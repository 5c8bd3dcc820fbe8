import torch
from torch import nn


class RainfallLikelihood(nn.Module):
    """mixture of dry days and a gamma amount on wet days"""

    def __init__(self, d=4):
        super().__init__()
        self.wet = nn.Linear(d, 1)
        self.shape = nn.Linear(d, 1)
        self.rate = nn.Linear(d, 1)

    def forward(self, x, rain):
        wet = rain > 0
        logit = self.wet(x).squeeze(-1)
        a = nn.functional.softplus(self.shape(x)).squeeze(-1) + 1e-3
        b = nn.functional.softplus(self.rate(x)).squeeze(-1) + 1e-3
        amount = torch.where(wet, rain, torch.ones_like(rain))
        log_gamma = a * torch.log(b) + (a - 1) * torch.log(amount) - b * amount - torch.lgamma(a)
        log_wet = nn.functional.logsigmoid(logit) + log_gamma
        log_dry = nn.functional.logsigmoid(-logit)
        return -torch.where(wet, log_wet, log_dry).mean()
