import torch
import torch.nn.functional as F


def r1(disc, real):
    real = real.detach().requires_grad_(True)
    out = disc(real).sum()
    grad, = torch.autograd.grad(out, real, create_graph=True)
    return grad.flatten(1).pow(2).sum(1).mean()


def d_step(disc, gen, real, z, gamma=10.0):
    fake = gen(z).detach()
    loss = F.softplus(disc(fake)).mean() + F.softplus(-disc(real)).mean()
    return loss + 0.5 * gamma * r1(disc, real)
