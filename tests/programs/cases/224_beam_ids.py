import torch
from torch import nn
import torch.nn.functional as F


class Captioner(nn.Module):
    def __init__(self, vocab=6, d=5):
        super().__init__()
        self.out = nn.Linear(4, vocab)
        self.embed = nn.Embedding(vocab, d)

    def generate(self, feat):
        logits = self.out(feat)
        token = logits.topk(1, dim=-1)[1].squeeze(-1)
        h = self.embed(token)
        return h

    def cider_loss(self, feat, ref):
        return 1 - F.cosine_similarity(self.generate(feat), ref).mean()
