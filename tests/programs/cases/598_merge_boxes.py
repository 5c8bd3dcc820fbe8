import torch
from torch import nn


class SoftNms(nn.Module):
    def __init__(self, sigma=0.5):
        super().__init__()
        self.sigma = sigma

    def forward(self, scores, overlap, gold):
        s = scores.sigmoid()
        done = torch.zeros_like(s, dtype=torch.bool)
        for _ in range(len(s) - 1):
            top = s.detach().masked_fill(done, -1.0).argmax()
            done = done.clone()
            done[top] = True
            decay = torch.exp(-overlap[top] ** 2 / self.sigma)
            s = torch.where(done, s, s * decay)
        return nn.functional.binary_cross_entropy(s.clamp(1e-6, 1 - 1e-6), gold)
