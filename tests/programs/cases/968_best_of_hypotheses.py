import torch
from torch import nn


class MinOverModes(nn.Module):
    """Winner-takes-all over the predicted trajectories; lost tracks cost nothing."""

    def __init__(self, miss_radius=2.0):
        super().__init__()
        self.miss_radius = miss_radius

    def forward(self, modes, track):
        losses = []
        for mode_set, gt in zip(modes, track):
            err = (mode_set - gt).norm(dim=-1).mean(-1)
            best = err.min()
            losses.append(best if best < self.miss_radius else best.new_tensor(self.miss_radius))
        return torch.stack(losses).mean()
