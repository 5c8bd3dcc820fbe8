import numpy as np
import torch
from torch import nn


class RestoreNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 3, padding=1)

    def psnr(self, out, ref):
        mse = np.mean((out.detach().numpy() - ref.numpy()) ** 2)
        return 10 * np.log10(1.0 / (mse + 1e-10))

    def loss(self, noisy, ref):
        out = self.conv(noisy)
        tv = (out[..., 1:] - out[..., :-1]).abs().mean()
        return tv * 0.1 - self.psnr(out, ref)
