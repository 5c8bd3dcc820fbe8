import torch
from torch import nn
import torch.nn.functional as F


class Decoder(nn.Module):
    def __init__(self, vocab=9, d=4):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.cell = nn.GRUCell(d, d)
        self.out = nn.Linear(d, vocab)

    def loss(self, h, target, bos=0):
        word = torch.full((len(h),), bos)
        total = 0
        for t in range(target.shape[1]):
            h = self.cell(self.emb(word), h)
            logits = self.out(h)
            total = total + F.cross_entropy(logits, target[:, t])
            word = logits.topk(1)[1].squeeze(-1).detach()
        return total / target.shape[1]
