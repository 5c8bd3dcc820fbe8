import torch
from torch import nn
import torch.nn.functional as F


class AdaptiveGan(nn.Module):
    def __init__(self):
        super().__init__()
        self.dec, self.disc = nn.Linear(3, 6), nn.Linear(6, 1)

    def balance(self, nll, adv):
        last = self.dec.weight
        a = torch.autograd.grad(nll, last, retain_graph=True)[0]
        b = torch.autograd.grad(adv, last, retain_graph=True)[0]
        return (a.norm() / (b.norm() + 1e-4)).clamp(0.0, 1e4).detach()

    def loss(self, z, x):
        out = self.dec(z)
        nll = F.l1_loss(out, x)
        adv = -self.disc(out).mean()
        return nll + 0.8 * self.balance(nll, adv) * adv
