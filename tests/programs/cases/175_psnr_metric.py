import torch
from torch import nn


class SRTrainer:
    def __init__(self):
        self.net = nn.Conv2d(3, 3, 3, padding=1)
        self.metrics = {}

    def as_image(self, x):
        return x.detach().clamp(0, 1).mul(255).round().to(torch.uint8)

    def psnr(self, a, b):
        mse = (self.as_image(a).float() - self.as_image(b).float()).pow(2).mean()
        return 10 * torch.log10(255 ** 2 / mse)

    def step(self, lr, hr):
        sr = self.net(lr)
        loss = (sr - hr).abs().mean()
        self.metrics["psnr"] = float(self.psnr(sr, hr))
        self.metrics["l1"] = loss.detach()
        return loss
