import torch
from torch import nn


class DiffusionLoss(nn.Module):
    def __init__(self, steps=10, drop=0.2):
        super().__init__()
        self.net = nn.Linear(6, 4)
        beta = torch.linspace(1e-4, 0.2, steps)
        self.register_buffer("keep", torch.cumprod(1 - beta, 0))
        self.drop = drop

    def loss(self, x, cond):
        t = torch.randint(0, len(self.keep), (len(x),))
        noise = torch.randn_like(x)
        a = self.keep[t].unsqueeze(1)
        noisy = a.sqrt() * x + (1 - a).sqrt() * noise
        use = (torch.rand(len(x), 1) > self.drop).float()
        eps = self.net(torch.cat([noisy, cond * use, t[:, None] / len(self.keep)], 1))
        snr = (a / (1 - a)).clamp(max=5.0).squeeze(1)
        return (snr * (eps - noise).pow(2).mean(1)).mean()
