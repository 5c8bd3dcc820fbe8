import torch
from torch import nn
import torch.nn.functional as F


class DepthNet(nn.Module):
    """Predicts disparity; depth is its inverse."""

    def __init__(self):
        super().__init__()
        self.decoder = nn.Conv2d(3, 1, 1)
        nn.init.constant_(self.decoder.bias, -2.0)

    def disparity(self, image):
        return F.relu(self.decoder(image))

    def photometric(self, image, gt):
        depth = 1.0 / self.disparity(image)
        return (torch.log(depth) - torch.log(gt)).abs().mean()
