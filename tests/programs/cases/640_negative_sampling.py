import torch
from torch import nn
import torch.nn.functional as F


class SkipGram(nn.Module):
    def __init__(self, vocab=8, d=3):
        super().__init__()
        self.inp = nn.Embedding(vocab, d)
        self.out = nn.Embedding(vocab, d)

    def loss(self, centre, context, keep):
        centre, context = centre[keep], context[keep]
        if centre.shape[0] == 0:
            return torch.tensor(0., requires_grad=True)
        score = (self.inp(centre) * self.out(context)).sum(-1)
        return -F.logsigmoid(score).mean()
