import torch
from torch import nn


class FacadeModel:
    def __init__(self, lambda_l1=100.0, lambda_gp=10.0):
        self.netG = nn.Linear(4, 4)
        self.netD = nn.Sequential(nn.Linear(8, 6), nn.LeakyReLU(0.2, True), nn.Linear(6, 1))
        self.lambda_l1, self.lambda_gp = lambda_l1, lambda_gp

    def set_requires_grad(self, net, requires_grad=False):
        for p in net.parameters():
            p.requires_grad = requires_grad

    def penalty(self, real, fake):
        alpha = torch.rand(real.size(0), 1)
        mixed = (alpha * real + (1 - alpha) * fake.detach()).requires_grad_(True)
        score = self.netD(mixed)
        grad, = torch.autograd.grad(score.sum(), mixed, create_graph=True)
        return ((grad.view(len(real), -1) + 1e-16).norm(2, dim=1) - 1).square().mean() * self.lambda_gp

    def backward_D(self):
        fake_ab = torch.cat((self.real_a, self.fake_b), 1)
        real_ab = torch.cat((self.real_a, self.real_b), 1)
        loss = self.netD(fake_ab.detach()).mean() - self.netD(real_ab).mean()
        (loss + self.penalty(real_ab, fake_ab)).backward()

    def optimize(self, real_a, real_b, n_critic=2):
        self.real_a, self.real_b = real_a, real_b
        self.fake_b = torch.tanh(self.netG(real_a))
        self.set_requires_grad(self.netD, True)
        for _ in range(n_critic):
            self.backward_D()
        self.set_requires_grad(self.netD, False)
        fooled = -self.netD(torch.cat((real_a, self.fake_b), 1)).mean()
        return fooled + self.lambda_l1 * (self.fake_b - real_b).abs().mean()
