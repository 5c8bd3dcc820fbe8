import torch
from torch import nn


class ScanLoss(nn.Module):
    def __init__(self, levels=256):
        super().__init__()
        self.top = levels - 1

    def scan(self, albedo, shade):
        light = (albedo * shade).clamp(0, 1)
        return light.mul(self.top).byte()

    def forward(self, albedo, shade, archive):
        seen = self.scan(albedo, shade).to(archive.dtype)
        return (seen - archive).abs().mean() / self.top
