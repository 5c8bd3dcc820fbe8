import torch


def sample(generator, batch, dim=3):
    noise = torch.randn(batch, dim)
    return generator(noise)


def wgan_critic_loss(generator, critic, real):
    fake = sample(generator, real.shape[0]).detach()
    return critic(fake).mean() - critic(real).mean()


def wgan_generator_loss(generator, critic, batch):
    return -critic(sample(generator, batch)).mean()
