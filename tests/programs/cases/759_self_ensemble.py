import torch
from torch import nn


class Restorer(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Conv2d(1, 1, 3, padding=1)

    @torch.no_grad()
    def forward(self, img):
        outs = []
        for flip in (False, True):
            x = img.flip(-1) if flip else img
            y = self.net(x)
            outs.append(y.flip(-1) if flip else y)
        return torch.stack(outs).mean(0)

    def loss(self, img, clean):
        return (self(img) - clean).abs().mean()
