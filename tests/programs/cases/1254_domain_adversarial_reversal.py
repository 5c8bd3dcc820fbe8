import torch
from torch import nn
import torch.nn.functional as F


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, lam):
        ctx.lam = lam
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return -ctx.lam * grad, None


class DANN(nn.Module):
    def __init__(self):
        super().__init__()
        self.feat, self.label, self.domain = nn.Linear(6, 4), nn.Linear(4, 3), nn.Linear(4, 1)

    def loss(self, xs, ys, xt, lam=0.3):
        fs, ft = torch.relu(self.feat(xs)), torch.relu(self.feat(xt))
        task = F.cross_entropy(self.label(fs), ys)
        both = torch.cat([fs, ft])
        d = self.domain(Reverse.apply(both, lam)).squeeze(-1)
        truth = torch.cat([torch.zeros(len(fs)), torch.ones(len(ft))])
        return task + F.binary_cross_entropy_with_logits(d, truth)
