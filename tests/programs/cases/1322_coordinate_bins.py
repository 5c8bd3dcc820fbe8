import torch
from torch import nn


class CoordNet(nn.Module):
    def __init__(self, bins=5):
        super().__init__()
        self.x = nn.Conv2d(3, bins, 1)
        self.y = nn.Conv2d(3, bins, 1)

    def forward(self, img):
        return self.x(img), self.y(img)


def decode(ox, oy, bins):
    coor = torch.stack([torch.argmax(ox, dim=1), torch.argmax(oy, dim=1)], dim=-1)
    coor[coor == bins - 1] = 0
    return 2.0 * coor.float() / (bins - 2) - 1.0


def train_step(net, img, target, mask):
    ox, oy = net(img)
    coor = decode(ox, oy, 5)
    err = (coor - target).abs() * mask[..., None]
    return err.sum() / mask.sum().clamp(min=1)
