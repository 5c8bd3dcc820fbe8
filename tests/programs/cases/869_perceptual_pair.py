import torch
from torch import nn


class PerceptualLoss(nn.Module):
    def __init__(self, layers=2):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Conv2d(3, 3, 3, padding=1) for _ in range(layers))
        for p in self.parameters():
            p.requires_grad_(False)

    def features(self, img):
        feats = []
        with torch.no_grad():
            for block in self.blocks:
                img = torch.relu(block(img))
                feats.append(img)
        return feats

    def forward(self, sr, hr):
        return sum((a - b).abs().mean() for a, b in zip(self.features(sr), self.features(hr)))
