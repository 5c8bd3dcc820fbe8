import torch
from torch import nn
import torch.nn.functional as F


class TwoStream(nn.Module):
    def __init__(self):
        super().__init__()
        self.audio = nn.Linear(5, 3)
        self.video = nn.Linear(7, 3)

    def loss(self, clip, frames, y):
        a = self.audio(clip).detach()
        v = self.video(frames)
        fused = a + v
        agree = F.mse_loss(a.softmax(-1), v.softmax(-1))
        return F.cross_entropy(fused, y) + 0.3 * agree
