import torch
import torch.nn as nn
from torch import autograd

LAMBDA = 10


class Reshape(nn.Module):
    def forward(self, x):
        return x.view(x.size(0), 1, 8, 8)


class WGANGP(nn.Module):
    def __init__(self, nz=10):
        super().__init__()
        self.G = nn.Sequential(nn.Linear(nz, 64), nn.Tanh(), Reshape())
        self.D = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 4))

    def calc_gradient_penalty(self, real_data, fake_data):
        alpha = torch.rand(real_data.size(0), 1, 1, 1).expand_as(real_data)
        interpolates = alpha * real_data + (1 - alpha) * fake_data
        interpolates = autograd.Variable(interpolates, requires_grad=True)
        disc_interpolates = self.D(interpolates)
        gradients = autograd.grad(outputs=disc_interpolates, inputs=interpolates,
                                  grad_outputs=torch.ones_like(disc_interpolates),
                                  retain_graph=True, only_inputs=True)[0]
        gradients = gradients.view(gradients.size(0), -1)
        return ((gradients.norm(2, dim=1) - 1) ** 2).mean() * LAMBDA

    def critic_step(self, real, z):
        fake = self.G(z).detach()
        wasserstein = self.D(fake).mean() - self.D(real).mean()
        gp = self.calc_gradient_penalty(real, fake)
        return wasserstein + gp
