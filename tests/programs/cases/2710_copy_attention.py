import torch
import torch.nn as nn
import torch.nn.functional as F


class CopyHead(nn.Module):
    def __init__(self, dim=5, vocab=8, length=3):
        super().__init__()
        self.words = nn.Linear(dim, vocab)
        self.pointer = nn.Linear(dim, length)
        self.switch = nn.Linear(dim, 1)

    def distribution(self, h, src):
        generate = self.switch(h).sigmoid()
        vocab = F.softmax(self.words(h), dim=-1) * generate
        copied = F.softmax(self.pointer(h), dim=-1) * (1 - generate)
        return vocab.scatter_add(1, src, copied)

    def nll(self, h, src, y):
        p = self.distribution(h, src)
        return -p[torch.arange(len(y)), y].log().mean()
