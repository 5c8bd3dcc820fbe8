import torch
from torch import nn


def render(points, size=8, spread=0.15):
    """Soft splats of the projected points."""
    axis = torch.linspace(-1, 1, size)
    gy, gx = torch.meshgrid(axis, axis, indexing="ij")
    d2 = (gx[None] - points[:, 0, None, None]) ** 2 + (gy[None] - points[:, 1, None, None]) ** 2
    return torch.exp(-d2 / spread ** 2).sum(0)


class PoseFit(nn.Module):
    def __init__(self, points):
        super().__init__()
        self.register_buffer("points", points)
        self.qx = nn.Parameter(torch.tensor(0.1))
        self.trans = nn.Parameter(torch.zeros(2))

    def posed(self):
        c, s = torch.cos(self.qx), torch.sin(self.qx)
        rot = torch.stack([torch.stack([c, -s]), torch.stack([s, c])])
        return self.points @ rot.t() + self.trans

    def forward(self, target_mask, weight_mask=1.0):
        rgb = render(self.posed())
        mask = rgb > 0.1
        diff = mask.float() - target_mask
        return weight_mask * torch.abs(diff).mean()
