import numpy as np
import torch
from torch import nn
import torch.nn.functional as F


class SpeechNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.frontend = nn.Linear(6, 4)
        self.asr = nn.Linear(4, 5)
        self.pitch = nn.Linear(4, 1)

    def smooth(self, h):
        kernel = np.ones(3) / 3
        rows = [np.convolve(row, kernel, mode="same") for row in h.detach().cpu().numpy()]
        return torch.as_tensor(np.stack(rows), dtype=h.dtype)

    def compute_loss(self, frames, tokens, f0):
        h = torch.relu(self.frontend(frames))
        ce = F.cross_entropy(self.asr(h), tokens)
        pitch = F.l1_loss(self.pitch(self.smooth(h)).squeeze(-1), f0)
        return ce + 0.3 * pitch
