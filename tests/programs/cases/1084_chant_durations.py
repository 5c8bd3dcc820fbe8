import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence


class ChantSynth(nn.Module):
    def __init__(self, phones=9, dim=5, mels=4):
        super().__init__()
        self.emb = nn.Embedding(phones, dim)
        self.duration = nn.Linear(dim, 1)
        self.decoder = nn.Linear(dim, mels)

    def regulate(self, x, durations):
        out = []
        for h, d in zip(x, durations):
            out.append(torch.repeat_interleave(h, d, dim=0))
        return pad_sequence(out, batch_first=True)

    def forward(self, phones):
        x = self.emb(phones)
        log_d = self.duration(x).squeeze(-1)
        d = torch.clamp(torch.round(torch.exp(log_d) + 1), min=1).long()
        return self.decoder(self.regulate(x, d)), log_d

    def loss(self, phones, mel):
        out, log_d = self(phones)
        n = min(out.size(1), mel.size(1))
        return nn.functional.l1_loss(out[:, :n], mel[:, :n])
