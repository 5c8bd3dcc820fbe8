import torch
from torch import nn
import torch.nn.functional as F


class CaptionModel(nn.Module):
    def __init__(self, vocab=8, d=5):
        super().__init__()
        self.out = nn.Linear(d, vocab)
        self.clip = nn.Embedding(vocab, d)
        self.clip.requires_grad_(False)

    def greedy(self, hidden):
        return torch.argmax(self.out(hidden), dim=-1)

    def loss(self, hidden, image):
        words = self.greedy(hidden)
        text = self.clip(words).mean(dim=1)
        return 1 - F.cosine_similarity(text, image).mean()
