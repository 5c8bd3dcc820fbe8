import torch
from torch import nn


class Noise2Self(nn.Module):
    def __init__(self, share=0.3):
        super().__init__()
        self.net = nn.Conv1d(1, 1, 5, padding=2)
        self.share = share

    def loss(self, noisy):
        hidden = torch.rand_like(noisy) < self.share
        around = 0.5 * (noisy.roll(1, -1) + noisy.roll(-1, -1))
        seen = torch.where(hidden, around, noisy)
        out = self.net(seen)
        err = (out - noisy.detach()).square()
        return err[hidden].mean() if hidden.any() else err.mean()
