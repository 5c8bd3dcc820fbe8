import torch
from torch import nn
from torch.distributions import Normal, RelaxedBernoulli, kl_divergence


class ConcreteDropout(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.logit = nn.Parameter(torch.zeros(d))
        self.loc = nn.Parameter(torch.zeros(d))

    def loss(self, x, y):
        gate = RelaxedBernoulli(0.5, logits=self.logit.expand(len(x), -1)).rsample()
        post = Normal(self.loc, torch.ones_like(self.loc))
        noise = post.rsample()
        kl = kl_divergence(post, Normal(0.0, 1.0)).sum()
        return (x * gate + noise - y).pow(2).mean() + 1e-3 * kl
