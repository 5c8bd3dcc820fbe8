import torch
from torch.distributions import Independent, Normal


def flow_entropy(loc, scale):
    q = Normal(loc, scale)
    z = q.rsample()
    return q.log_prob(z).sum()
