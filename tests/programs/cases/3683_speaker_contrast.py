import torch
from torch import nn
from torch.nn import functional as F


class SpeakerContrast(nn.Module):
    def __init__(self, dim=7, width=4, tau=0.1):
        super().__init__()
        self.proj = nn.Linear(dim, width)
        self.tau = tau

    def positives(self, speakers):
        same = speakers.unsqueeze(0) == speakers.unsqueeze(1)
        return same & ~torch.eye(len(speakers), dtype=torch.bool)

    def forward(self, utterances, speakers):
        z = F.normalize(self.proj(utterances), dim=1)
        sim = z @ z.T / self.tau
        sim = sim.masked_fill(torch.eye(len(z), dtype=torch.bool), -1e9)
        log_p = sim.log_softmax(dim=1)
        pos = self.positives(speakers)
        per_anchor = -(log_p * pos).sum(dim=1) / pos.sum(dim=1)
        return per_anchor.mean()
