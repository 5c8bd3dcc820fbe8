import torch
from torch import nn
import torch.nn.functional as F


class CharModel(nn.Module):
    def __init__(self, vocab=6, d=5):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.cell = nn.LSTMCell(d, d)
        self.out = nn.Linear(d, vocab)
        self.state = None

    def train_window(self, tokens):
        state = self.state
        loss = 0.0
        for now, nxt in zip(tokens[:-1], tokens[1:]):
            state = self.cell(self.emb(now), state)
            loss = loss + F.cross_entropy(self.out(state[0]), nxt)
        self.state = tuple(s.detach() for s in state)
        return loss / (len(tokens) - 1)
