import torch
import torch.nn as nn


class Poster(nn.Module):
    def __init__(self):
        super().__init__()
        self.paint = nn.Parameter(torch.randint(0, 256, (3, 4, 4)).float())

    def loss(self, scene):
        shown = (self.paint / 255.0).clamp(0.0, 1.0)
        return (shown - scene).abs().mean()
