import torch
import torch.nn.functional as F
from torch import distributions as td
from torch import nn


class Imagination(nn.Module):
    def __init__(self, pixels=6, groups=3, classes=4):
        super().__init__()
        self.shape = (groups, classes)
        self.encoder = nn.Linear(pixels, groups * classes)
        self.decoder = nn.Linear(groups * classes, pixels)

    def posterior(self, frames):
        logits = self.encoder(frames).unflatten(1, self.shape)
        return td.Independent(td.OneHotCategorical(logits=logits), 1)

    def free_energy(self, frames):
        code = self.posterior(frames).sample()
        return F.mse_loss(self.decoder(code.flatten(1)), frames)
