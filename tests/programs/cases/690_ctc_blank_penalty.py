import torch
from torch import nn
import torch.nn.functional as F


class BlankPenalty(nn.Module):
    def __init__(self, blank=0, weight=0.1):
        super().__init__()
        self.blank, self.weight = blank, weight
        self.ctc = nn.CTCLoss(blank=blank, zero_infinity=True)

    def forward(self, logits, tokens, in_len, out_len):
        logp = F.log_softmax(logits, dim=-1)
        loss = self.ctc(logp, tokens, in_len, out_len)
        blank = logp[..., self.blank].exp()
        return loss + self.weight * (blank.mean() - 0.5).clamp(min=0) ** 2
