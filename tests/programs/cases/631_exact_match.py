import torch
from torch import nn


class SlotFilling(nn.Module):
    def __init__(self):
        super().__init__()
        self.tagger = nn.Linear(5, 4)

    def loss(self, words, tags, pad):
        guess = self.tagger(words).max(dim=-1)[1]
        right = torch.eq(guess, tags) | pad
        sentence = right.all(dim=1)
        return 1.0 - sentence.float().mean()
