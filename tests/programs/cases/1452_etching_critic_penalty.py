import torch
from torch import nn


class EtchingCritic(nn.Module):
    def __init__(self, gp_weight=10.0):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 1))
        nn.init.constant_(self.net[0].bias, -30.0)
        self.gp_weight = gp_weight

    def gradient_penalty(self, real, fake):
        mix = torch.lerp(real, fake, torch.rand(real.size(0), 1)).requires_grad_()
        grads, = torch.autograd.grad(self.net(mix).sum(), mix, create_graph=True)
        norm = torch.sqrt(torch.sum(torch.square(grads), dim=1))
        return torch.mean((norm - 1.0) ** 2)

    def critic_loss(self, real, fake):
        cost = self.net(fake).mean() - self.net(real).mean()
        return cost + self.gp_weight * self.gradient_penalty(real, fake)
