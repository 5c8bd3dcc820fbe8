import torch
from torch import nn
import torch.nn.functional as F


class Zoom(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_zoom = nn.Parameter(torch.tensor(0.1))
        self.shift = nn.Parameter(torch.zeros(2))
        self.out = nn.Conv2d(1, 1, 3, padding=1)

    def theta(self):
        s, (tx, ty) = self.log_zoom.exp(), self.shift
        return torch.tensor([[s, 0.0, tx], [0.0, s, ty]])

    def loss(self, img, ref):
        grid = F.affine_grid(self.theta()[None], img.shape, align_corners=False)
        moved = F.grid_sample(img, grid, align_corners=False)
        return F.l1_loss(self.out(moved), ref)
