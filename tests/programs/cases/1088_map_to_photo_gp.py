import torch
from torch import nn


def gradient_penalty(net_d, real, fake, lambda_gp=10.0, constant=1.0):
    alpha = torch.rand(real.shape[0], 1).expand_as(real)
    mixed = alpha * real + (1 - alpha) * fake
    mixed.requires_grad_(True)
    score = net_d(mixed)
    gradients = torch.autograd.grad(outputs=score, inputs=mixed, grad_outputs=torch.ones_like(score),
                                    create_graph=True, retain_graph=True, only_inputs=True)
    gradients = gradients[0].view(real.size(0), -1)
    return (((gradients + 1e-16).norm(2, dim=1) - constant) ** 2).mean() * lambda_gp


torch.manual_seed(0)
gen, disc = nn.Linear(4, 4), nn.Sequential(nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 1))
opt_g = torch.optim.Adam(gen.parameters(), 2e-4)
opt_d = torch.optim.Adam(disc.parameters(), 2e-4)

for batch in range(2):
    plan, photo = torch.randn(5, 4), torch.randn(5, 4)
    fake = torch.tanh(gen(plan))
    fake_pair, real_pair = torch.cat((plan, fake), 1), torch.cat((plan, photo), 1)
    for _ in range(3):
        opt_d.zero_grad()
        loss_fake = disc(fake_pair.detach()).mean()
        loss_real = -disc(real_pair).mean()
        gp = gradient_penalty(disc, real_pair, fake_pair)
        loss_d = loss_fake + loss_real + gp
        loss_d.backward()
        opt_d.step()
    opt_g.zero_grad()
    loss_g = -disc(fake_pair).mean() + 10 * (fake - photo).abs().mean()
    loss_g.backward()
    opt_g.step()
