import torch
from torch import nn
import torch.nn.functional as F


class PairRank(nn.Module):
    def forward(self, scores, relevance):
        rank = torch.argsort(torch.argsort(scores.detach(), dim=-1, descending=True), dim=-1) + 1
        discount = 1 / torch.log2(rank.float() + 1)
        gain = 2.0 ** relevance - 1
        delta = ((gain[:, :, None] - gain[:, None, :]) * (discount[:, :, None] - discount[:, None, :])).abs()
        better = (relevance[:, :, None] > relevance[:, None, :]).float()
        diff = scores[:, :, None] - scores[:, None, :]
        return (F.softplus(-diff) * delta * better).sum() / better.sum().clamp(min=1)
