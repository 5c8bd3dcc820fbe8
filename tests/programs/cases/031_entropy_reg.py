import torch
from torch import nn


class AttentionEntropy(nn.Module):
    def forward(self, scores):
        p = torch.softmax(scores, dim=-1)
        h = -(p * p.log()).sum(-1)
        return h.mean()
