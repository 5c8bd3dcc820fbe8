import torch
from torch import nn
import torch.nn.functional as F


class PreEmphasis(nn.Module):
    def __init__(self, coef=0.97):
        super().__init__()
        self.register_buffer("taps", torch.tensor([[[-coef, 1.0]]]))

    def forward(self, x):
        return F.conv1d(F.pad(x.unsqueeze(1), (1, 0), "reflect"), self.taps).squeeze(1)


class VoicePrint(nn.Module):
    def __init__(self, bands=8, dim=4, log_input=True):
        super().__init__()
        self.log_input = log_input
        self.front = nn.Sequential(PreEmphasis(), nn.Linear(32, bands))
        self.norm = nn.InstanceNorm1d(1)
        self.body = nn.Linear(bands, dim)

    def forward(self, x, l2_norm=False):
        with torch.no_grad():
            x = self.front(x)
            if self.log_input:
                x = (x ** 2 + 1e-6).log()
            x = self.norm(x.unsqueeze(1)).squeeze(1)
        x = self.body(x)
        if l2_norm:
            x = F.normalize(x, p=2, dim=1)
        return x


class VoiceTrainer:
    def __init__(self):
        self.voice_print = VoicePrint()

    def generator_loss(self, made, real):
        both = self.voice_print(torch.cat([real, made]), l2_norm=True)
        real_emb, made_emb = both.chunk(2)
        consistency = -F.cosine_similarity(real_emb, made_emb).mean()
        return F.l1_loss(made, real) + 9.0 * consistency
