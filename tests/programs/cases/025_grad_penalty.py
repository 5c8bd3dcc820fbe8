import torch
from torch import nn


class WGANGP(nn.Module):
    def __init__(self):
        super().__init__()
        self.critic = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))

    def penalty(self, real, fake):
        alpha = torch.rand(real.shape[0], 1)
        x_hat = alpha * real + (1 - alpha) * fake
        x_hat.requires_grad_(True)
        score = self.critic(x_hat)
        grads = torch.autograd.grad(
            outputs=score, inputs=x_hat,
            grad_outputs=torch.ones_like(score), retain_graph=True,
        )[0]
        return ((grads.norm(2, dim=1) - 1) ** 2).mean()
