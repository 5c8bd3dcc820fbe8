import torch
import torch.nn.functional as F


def joint_losses(gen, disc, z, real):
    fake = gen(z)
    real_score, fake_score = disc(real), disc(fake)
    d_loss = F.softplus(-real_score).mean() + F.softplus(fake_score).mean()
    d_loss.backward()
    g_loss = F.softplus(-fake_score).mean()
    return g_loss
