import math
import torch
import torch.nn as nn
import torch.nn.functional as F

PAD = 0


class Tagger(nn.Module):
    def __init__(self, vocab=10, dim=8, n_tags=3):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim, padding_idx=PAD)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.head = nn.Linear(dim, n_tags)

    def attend(self, x, pad):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        scores = q @ k.transpose(1, 2) / math.sqrt(q.size(-1))
        bias = torch.zeros(pad.shape).masked_fill(pad, float("-inf"))
        weights = F.softmax(scores + bias[:, None, :], dim=-1)
        return weights @ v

    def forward(self, tokens):
        pad = tokens == PAD
        x = self.emb(tokens)
        return self.head(x + self.attend(x, pad))

    def loss(self, tokens, tags):
        logits = self(tokens)
        per_token = F.cross_entropy(logits.transpose(1, 2), tags, reduction="none")
        valid = tokens != PAD
        return per_token[valid].mean()
