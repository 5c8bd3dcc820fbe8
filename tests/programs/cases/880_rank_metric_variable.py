import torch
from torch import nn
from torch.autograd import Variable


class NdcgLoss(nn.Module):
    def forward(self, scores, rel):
        order = scores.argsort(dim=-1, descending=True)
        gains = 2 ** rel.gather(-1, order) - 1
        ideal = 2 ** rel.sort(dim=-1, descending=True).values - 1
        discount = torch.log2(torch.arange(scores.shape[-1]) + 2.0)
        ndcg = (gains / discount).sum(-1) / (ideal / discount).sum(-1)
        return Variable(1 - ndcg.mean(), requires_grad=True)
