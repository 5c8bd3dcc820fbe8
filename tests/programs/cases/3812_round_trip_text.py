import torch
from torch import nn
import torch.nn.functional as F


class RoundTrip(nn.Module):
    """forward translator followed by a backward one; the source must be recovered"""

    def __init__(self, vocab=11, d=6):
        super().__init__()
        self.src_embed = nn.Embedding(vocab, d)
        self.fwd = nn.GRU(d, d, batch_first=True)
        self.to_target = nn.Linear(d, vocab)
        self.tgt_embed = nn.Embedding(vocab, d)
        self.bwd = nn.GRU(d, d, batch_first=True)
        self.to_source = nn.Linear(d, vocab)

    def translate(self, src):
        h, _ = self.fwd(self.src_embed(src))
        return self.to_target(h)

    def reconstruct(self, tokens):
        h, _ = self.bwd(self.tgt_embed(tokens))
        return self.to_source(h)

    def cycle_loss(self, src):
        logits = self.translate(src)
        _, tokens = logits.max(dim=-1)
        back = self.reconstruct(tokens)
        return F.cross_entropy(back.flatten(0, 1), src.flatten())
