import math
import torch
from torch import nn
import torch.nn.functional as F


class ArcMargin(nn.Module):
    def __init__(self, d=4, n=3, s=8.0, margin=0.3):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, d))
        self.scale, self.margin = s, margin
        self.theta = math.cos(math.pi - margin)
        self.sinmm = math.sin(math.pi - margin) * margin

    def forward(self, emb, labels):
        logits = F.linear(F.normalize(emb), F.normalize(self.weight)).clamp(-0.99, 0.99)
        index = torch.where(labels != -1)[0]
        target_logit = logits[index, labels[index].view(-1)]
        with torch.no_grad():
            target_logit.arccos_()
            logits.arccos_()
            final_target_logit = target_logit + self.margin
            logits[index, labels[index].view(-1)] = final_target_logit
            logits.cos_()
        logits = logits * self.scale
        return F.cross_entropy(logits, labels)
