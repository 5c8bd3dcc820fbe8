import torch
from torch import nn
import torch.nn.functional as F


class Registration(nn.Module):
    """Finds the pose of a volume that explains an X-ray."""

    def __init__(self, volume, n_points=8):
        super().__init__()
        self.register_buffer("volume", volume[None, None])
        self.rotation = nn.Parameter(torch.zeros(3))
        self.translation = nn.Parameter(torch.zeros(3))
        t = torch.linspace(-1, 1, n_points)
        self.register_buffer("rays", torch.stack(torch.meshgrid(t, t, t, indexing="ij"), -1))

    def matrix(self):
        a, b, c = self.rotation
        zero = torch.zeros_like(a)
        skew = torch.stack([zero, -c, b, c, zero, -a, -b, a, zero]).view(3, 3)
        return torch.matrix_exp(skew)

    def render(self):
        xyz = self.rays @ self.matrix().T + self.translation
        vox = F.grid_sample(self.volume, xyz[None], mode="nearest", align_corners=True)
        return vox.sum(dim=-1).squeeze()

    def forward(self, target):
        img = self.render()
        img = (img - img.mean()) / (img.std() + 1e-5)
        return 1 - (img * target).mean()
