import torch
import torch.nn.functional as F
from torch import nn


def attention_bias(lengths, width):
    """Zero on real tokens, minus infinity on padding."""
    padded = torch.arange(width)[None, :] >= lengths[:, None]
    return torch.zeros(len(lengths), width).masked_fill(padded, float("-inf"))


class DocumentClassifier(nn.Module):
    """Documents of up to `width` sentences; a document can turn out empty after cleaning."""

    def __init__(self, dim=6, classes=3):
        super().__init__()
        self.sentence_score = nn.Linear(dim, 1)
        self.out = nn.Linear(dim, classes)

    def pool(self, sentences, lengths):
        score = self.sentence_score(sentences).squeeze(-1)
        score = score + attention_bias(lengths, sentences.size(1))
        weights = score.softmax(dim=-1)
        return torch.einsum("bs,bsd->bd", weights, sentences)

    def forward(self, sentences, lengths):
        return self.out(self.pool(sentences, lengths))

    def loss(self, sentences, lengths, labels):
        logits = self(sentences, lengths)
        non_empty = lengths > 0
        return F.cross_entropy(logits[non_empty], labels[non_empty])
