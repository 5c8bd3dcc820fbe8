import torch
import torch.nn.functional as F


def generator_step(gen, disc, z):
    fake = gen(z).detach()
    score = disc(fake)
    return F.binary_cross_entropy_with_logits(score, torch.ones_like(score))
