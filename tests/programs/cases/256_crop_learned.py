import torch
from torch import nn


class Zoom(nn.Module):
    def __init__(self):
        super().__init__()
        self.centre = nn.Linear(1, 2)

    def loss(self, img, y):
        feat = img.mean(dim=(1, 2, 3)).unsqueeze(1)
        cx, cy = (4 + 2 * torch.tanh(self.centre(feat))).long().unbind(-1)
        crops = [im[:, y - 2 : y + 2, x - 2 : x + 2] for im, x, y in zip(img, cx, cy)]
        means = torch.stack([c.mean() for c in crops])
        return (means - y).abs().mean()
