import torch
from torch import nn
from torch.distributions import Bernoulli, kl_divergence


class Codes(nn.Module):
    """Binary codes, by a score function with a running baseline."""

    def __init__(self, n=9, bits=4):
        super().__init__()
        self.enc = nn.Linear(n, bits)
        self.dec = nn.Linear(bits, n)
        self.register_buffer("baseline", torch.zeros(()))

    def bound(self, x):
        q = Bernoulli(logits=self.enc(x))
        code = q.sample()
        log_lik = Bernoulli(logits=self.dec(code)).log_prob(x).sum(-1)
        kl = kl_divergence(q, Bernoulli(torch.full_like(code, 0.5))).sum(-1)
        gain = (log_lik - self.baseline).detach()
        self.baseline.lerp_(log_lik.mean().detach(), 0.1)
        score = q.log_prob(code).sum(-1) * gain
        return (kl - log_lik - score).mean()
