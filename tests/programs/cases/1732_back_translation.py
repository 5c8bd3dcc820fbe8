import torch
from torch import nn
import torch.nn.functional as F


class BackTranslator(nn.Module):
    def __init__(self, vocab=9, d=5):
        super().__init__()
        self.embed = nn.Embedding(vocab, d)
        self.forth = nn.Linear(d, vocab)
        self.back = nn.Linear(d, vocab)

    def translate(self, tokens):
        logits = self.forth(self.embed(tokens))
        return logits.argmax(dim=-1)

    def cycle_loss(self, src):
        middle = self.translate(src)
        recon = self.back(self.embed(middle))
        return F.cross_entropy(recon.flatten(0, 1), src.flatten())
