import torch
from torch import nn
import torch.nn.functional as F


class DiaryTagger(nn.Module):
    def __init__(self, words=10, moods=4):
        super().__init__()
        self.emb = nn.Embedding(words, 5)
        self.out = nn.Linear(5, moods)

    def loss(self, words, lengths, moods):
        steps = torch.arange(words.size(1), device=words.device)
        valid = steps[None, :] < lengths[:, None]
        logits = self.out(self.emb(words) * valid.unsqueeze(-1))
        flat = F.cross_entropy(logits.transpose(1, 2), moods, reduction="none")
        flat = flat.masked_fill(~valid, 0.0)
        per_entry = flat.sum(1) / valid.sum(1).clamp_min(1)
        return per_entry[lengths > 0].mean()
