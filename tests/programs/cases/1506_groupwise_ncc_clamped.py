import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class NCC(nn.Module):
    """Local normalised cross-correlation of two images."""

    def __init__(self, win=3):
        super().__init__()
        self.win = win
        self.window_volume = win ** 2
        self.num_stab_const = 0.0

    def forward(self, I, J):
        filt = torch.ones(1, 1, self.win, self.win)
        stats = torch.cat([I, J, I * I, J * J, I * J], dim=0)
        I_sum, J_sum, I2_sum, J2_sum, IJ_sum = torch.split(F.conv2d(stats, filt), I.shape[0], dim=0)
        cross = IJ_sum - I_sum * J_sum / self.window_volume
        I_var = torch.clamp(I2_sum - I_sum ** 2 / self.window_volume, min=self.num_stab_const)
        J_var = torch.clamp(J2_sum - J_sum ** 2 / self.window_volume, min=self.num_stab_const)
        std = torch.sqrt(I_var * J_var)
        cc = cross / (std + np.finfo(float).eps)
        return -torch.mean(cc)
