import torch
from torch import nn
import torch.nn.functional as F


class KeywordSpotter(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 4, 5)
        self.fc = nn.Linear(4, 2)

    @torch.no_grad()
    def frontend(self, wave):
        z = torch.relu(self.conv(wave.unsqueeze(1)))
        return torch.log1p(z).mean(-1)

    def forward(self, wave):
        return self.fc(self.frontend(wave))

    def loss(self, wave, y):
        return F.cross_entropy(self(wave), y)
