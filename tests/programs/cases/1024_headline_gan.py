import torch
from torch import nn
import torch.nn.functional as F


class Writer(nn.Module):
    def __init__(self, vocab=9, hidden=6):
        super().__init__()
        self.gru = nn.GRU(3, hidden, batch_first=True)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, z):
        return self.out(self.gru(z)[0])


class Editor(nn.Module):
    def __init__(self, vocab=9, dim=4):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.rnn = nn.GRU(dim, 5, batch_first=True)
        self.real = nn.Linear(5, 1)

    def forward(self, tokens):
        _, h = self.rnn(self.emb(tokens))
        return self.real(h[-1])


def writer_loss(writer, editor, z):
    logits = writer(z)
    words = torch.max(logits, dim=-1)[1]
    verdict = editor(words)
    return F.binary_cross_entropy_with_logits(verdict, torch.ones_like(verdict))
