import torch
from torch import nn


class Registration(nn.Module):
    def __init__(self):
        super().__init__()
        self.theta = nn.Parameter(torch.tensor([0.0, 0.1, -0.1]))

    def warp(self, pts):
        angle, shift = self.theta[0], self.theta[1:]
        c, s = torch.cos(angle), torch.sin(angle)
        rot = torch.stack([torch.stack([c, -s]), torch.stack([s, c])])
        return pts @ rot.T + shift

    def run(self, moving, fixed):
        def objective():
            return (self.warp(moving) - fixed).square().sum()

        return objective().item()
