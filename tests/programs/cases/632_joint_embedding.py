import torch
from torch import nn
import torch.nn.functional as F


class ImageText(nn.Module):
    def __init__(self, d=4):
        super().__init__()
        self.img = nn.Linear(6, d)
        self.txt = nn.Linear(5, d)

    def embed(self, net, x):
        z = net(x)
        return F.normalize(z, dim=-1).clone().detach()

    def loss(self, image, text, t=0.07):
        sims = self.embed(self.img, image) @ self.embed(self.txt, text).T / t
        y = torch.arange(len(sims))
        return 0.5 * (F.cross_entropy(sims, y) + F.cross_entropy(sims.T, y))
