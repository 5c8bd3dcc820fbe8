import math

import torch
import torch.nn.functional as F


def sentence_nll(logits, tokens):
    return F.cross_entropy(logits, tokens, reduction="mean")


def perplexity_loss(logits, tokens):
    total = 0.0
    for lg, tk in zip(logits, tokens):
        nll = sentence_nll(lg, tk)
        total += math.exp(nll)
    return torch.tensor(total / len(tokens))
