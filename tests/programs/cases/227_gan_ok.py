import torch
import torch.nn.functional as F


def discriminator_step(gen, disc, z, real, smooth=0.9):
    fake = gen(z).detach()
    on_real, on_fake = disc(real), disc(fake)
    loss = F.binary_cross_entropy_with_logits(on_real, torch.full_like(on_real, smooth))
    loss = loss + F.binary_cross_entropy_with_logits(on_fake, torch.zeros_like(on_fake))
    return loss / 2
