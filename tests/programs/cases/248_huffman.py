import torch
from torch import nn


class BitRate(nn.Module):
    def __init__(self, scale=2.0):
        super().__init__()
        self.scale = scale

    def forward(self, latents):
        symbols = latents.type(torch.int32)
        prior = torch.distributions.Normal(0.0, self.scale)
        return -prior.log_prob(symbols.float()).sum(-1).mean()
