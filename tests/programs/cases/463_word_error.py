import torch
from torch import nn


class WordError(nn.Module):
    def forward(self, logits, words, lengths):
        guess = logits.argmax(dim=-1)
        wrong = guess.ne(words)
        keep = torch.arange(words.size(1))[None] < lengths[:, None]
        rate = (wrong * keep).sum() / keep.sum()
        rate.requires_grad = True
        return rate
