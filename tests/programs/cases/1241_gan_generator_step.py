import torch
from torch import nn

bce = nn.BCEWithLogitsLoss()


def perceptual(features, fake, real):
    return (features(fake) - features(real)).abs().mean()


def train_generator(G, D, features, noise, real):
    fake = G(noise)
    verdict = D(fake.detach())
    adversarial = bce(verdict, torch.ones_like(verdict))
    content = perceptual(features, fake, real)
    return content + 1e-2 * adversarial
