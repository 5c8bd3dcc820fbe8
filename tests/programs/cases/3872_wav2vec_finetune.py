import contextlib

import torch
import torch.nn as nn
import torch.nn.functional as F


class Extractor(nn.Module):
    def __init__(self, dim=6):
        super().__init__()
        self.conv = nn.Conv1d(1, dim, 8, stride=4)
        self.norm = nn.GroupNorm(1, dim)

    def forward(self, wave):
        return F.gelu(self.norm(self.conv(wave.unsqueeze(1))))


class SpeechClassifier(nn.Module):
    def __init__(self, freeze_finetune_updates=1000, classes=4):
        super().__init__()
        self.w2v = Extractor()
        self.proj = nn.Linear(6, classes)
        self.freeze_finetune_updates = freeze_finetune_updates
        self.num_updates = 0

    def set_num_updates(self, n):
        self.num_updates = n
        return self

    def forward(self, wave):
        ft = self.freeze_finetune_updates <= self.num_updates
        with torch.no_grad() if not ft else contextlib.ExitStack():
            feats = self.w2v(wave)
        return self.proj(feats.mean(-1))

    def loss(self, wave, y):
        logits = self(wave)
        with torch.no_grad():
            self.accuracy = (logits.argmax(-1) == y).float().mean().item()
        return F.cross_entropy(logits, y)
