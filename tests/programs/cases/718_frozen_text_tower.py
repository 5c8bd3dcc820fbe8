import torch
from torch import nn
import torch.nn.functional as F


class LockedTuning(nn.Module):
    def __init__(self, text):
        super().__init__()
        self.text = text.eval()
        self.image = nn.Linear(6, 4)

    def train(self, mode=True):
        super().train(mode)
        self.text.eval()
        return self

    def loss(self, images, tokens):
        with torch.no_grad():
            t = F.normalize(self.text(tokens), dim=-1)
        i = F.normalize(self.image(images), dim=-1)
        return F.cross_entropy(20 * i @ t.T, torch.arange(len(i)))
