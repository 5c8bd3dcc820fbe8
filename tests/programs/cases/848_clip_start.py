import torch
from torch import nn
import torch.nn.functional as F


class ClipScorer(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.start = nn.Parameter(torch.tensor(0.4))
        self.head = nn.Linear(width, 3)
        self.width = width

    def window(self, audio):
        first = (torch.sigmoid(self.start) * (audio.shape[1] - self.width)).long()
        return audio[:, first:first + self.width]

    def loss(self, audio, genre):
        return F.cross_entropy(self.head(self.window(audio)), genre)
