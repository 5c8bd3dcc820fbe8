import random

import torch
import torch.nn.functional as F
from torch import nn


class CaptionDecoder(nn.Module):
    def __init__(self, vocab=9, width=4, forcing=0.5):
        super().__init__()
        self.embed = nn.Embedding(vocab, width)
        self.cell = nn.GRUCell(width, width)
        self.readout = nn.Linear(width, vocab)
        self.forcing = forcing

    def nll(self, image, caption):
        state, word = image, caption[:, 0]
        steps = []
        for t in range(1, caption.shape[1]):
            state = self.cell(self.embed(word), state)
            scores = self.readout(state)
            steps.append(F.cross_entropy(scores, caption[:, t]))
            word = caption[:, t] if random.random() < self.forcing else scores.argmax(-1)
        return torch.stack(steps).mean()
