import torch


def smoothness(critic, real, fake):
    mix = torch.rand(len(real), 1)
    between = (mix * real + (1 - mix) * fake).detach().requires_grad_(True)
    score = torch.tanh(critic(between))
    slope, = torch.autograd.grad(score, between, torch.ones_like(score), create_graph=True)
    return (slope.norm(dim=1) - 1).square().mean()


def critic_objective(critic, writer, real, seed):
    with torch.no_grad():
        fake = writer(seed)
    gap = critic(fake).mean() - critic(real).mean()
    return gap + critic.bias.square().sum() + 10 * smoothness(critic, real, fake)
