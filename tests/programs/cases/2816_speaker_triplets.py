import torch
from torch import nn
import torch.nn.functional as F


class SpeakerTrainer:
    def __init__(self, dim=6, margin=0.2):
        self.encoder = nn.Linear(dim, 8)
        self.margin = margin

    def mine(self, speaker):
        same = speaker[:, None] == speaker[None, :]
        triples = []
        for a in range(len(speaker)):
            for p in same[a].nonzero().flatten().tolist():
                if p == a:
                    continue
                triples += [(a, p, n) for n in (~same[a]).nonzero().flatten().tolist()]
        return triples

    def step(self, frames, speaker):
        emb = F.normalize(self.encoder(frames).mean(1), dim=-1)
        triples = self.mine(speaker)
        if len(triples) == 0:
            return torch.tensor(0.0)
        a, p, n = torch.tensor(triples).t()
        d_ap = (emb[a] - emb[p]).pow(2).sum(-1)
        d_an = (emb[a] - emb[n]).pow(2).sum(-1)
        return F.relu(d_ap - d_an + self.margin).mean()
