import torch
from torch import nn
import torch.nn.functional as F


class AlternatingGan:
    def __init__(self):
        self.gen, self.disc = nn.Linear(2, 4), nn.Linear(4, 1)
        self.opt_g = torch.optim.Adam(self.gen.parameters(), lr=1e-3)
        self.opt_d = torch.optim.Adam(self.disc.parameters(), lr=1e-3)

    def discriminator_step(self, real, z):
        self.opt_d.zero_grad()
        fake = self.gen(z)
        good, bad = self.disc(real), self.disc(fake.detach())
        return F.binary_cross_entropy_with_logits(good, torch.ones_like(good)) + F.binary_cross_entropy_with_logits(bad, torch.zeros_like(bad))

    def generator_step(self, z):
        self.opt_g.zero_grad()
        out = self.disc(self.gen(z))
        return F.binary_cross_entropy_with_logits(out, torch.ones_like(out))
