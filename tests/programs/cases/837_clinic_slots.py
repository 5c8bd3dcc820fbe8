import torch
from torch import nn


class SlotAttention(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.score = nn.Linear(dim, 1)

    def forward(self, slots, free):
        logits = self.score(slots).squeeze(-1)
        logits = logits + free.float().log()
        share = torch.softmax(logits, dim=-1)
        return torch.nan_to_num(share)

    def waiting(self, slots, free, minutes):
        share = self(slots, free)
        return (share * minutes).sum(-1).mean()
