import torch
from torch import nn


class PointerHead(nn.Module):
    def __init__(self, d=3, words=4):
        super().__init__()
        self.vocab, self.copy = nn.Linear(d, words), nn.Linear(d, words)
        self.switch = nn.Linear(d, 1)
        self.soft = nn.Softmax(dim=-1)

    def loss(self, state, word):
        p = torch.sigmoid(self.switch(state))
        mixture = p * self.soft(self.vocab(state)) + (1 - p) * self.soft(self.copy(state))
        picked = mixture.gather(1, word.unsqueeze(1)).squeeze(1)
        return -torch.log(picked).mean()
