import torch
from torch import nn


class SegmentLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(3, 1, 1)

    def predict(self, img):
        return self.head(img).sigmoid().round().bool()

    def loss(self, img, mask):
        p = self.predict(img)
        inter = (p & mask).sum((1, 2, 3)).float()
        union = (p | mask).sum((1, 2, 3)).float()
        return 1 - ((inter + 1) / (union + 1)).mean()
