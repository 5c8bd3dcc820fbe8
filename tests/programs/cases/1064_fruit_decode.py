import torch
from torch import nn


class FruitHead(nn.Module):
    stride = 8.0

    def __init__(self, ch=4, nc=2, anchors=((10, 13), (16, 30))):
        super().__init__()
        self.nc, self.no, self.na = nc, nc + 5, len(anchors)
        self.register_buffer("anchors", torch.tensor(anchors).float().view(1, -1, 1, 1, 2))
        self.m = nn.Conv2d(ch, self.no * self.na, 1)

    def make_grid(self, nx, ny):
        yv, xv = torch.meshgrid(torch.arange(ny), torch.arange(nx), indexing="ij")
        return torch.stack((xv, yv), 2).view(1, 1, ny, nx, 2).float()

    def forward(self, x):
        x = self.m(x)
        bs, _, ny, nx = x.shape
        x = x.view(bs, self.na, self.no, ny, nx).permute(0, 1, 3, 4, 2).contiguous()
        y = x.sigmoid()
        y[..., 0:2] = (y[..., 0:2] * 2.0 - 0.5 + self.make_grid(nx, ny)) * self.stride
        y[..., 2:4] = (y[..., 2:4] * 2) ** 2 * self.anchors
        return y.view(bs, -1, self.no)

    def loss(self, feat, box, obj):
        y = self(feat)
        return (y[..., :4] - box).abs().mean() + nn.functional.binary_cross_entropy(y[..., 4].clamp(0, 1), obj)
