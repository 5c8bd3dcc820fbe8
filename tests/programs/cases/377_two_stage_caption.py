"""Free-running decoder: its own last word is the next input."""

import torch
import torch.nn.functional as F
from torch import nn


class Decoder(nn.Module):
    def __init__(self, vocabulary, width):
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.project = nn.Linear(width, vocabulary)

    def choose(self, h):
        _, word = self.project(h).max(dim=-1)
        return word

    def embed(self, word):
        return self.words(word)


class Captioner(nn.Module):
    """Judged by how close the embedded caption is to the embedded reference."""

    def __init__(self, n_image=5, width=6, vocabulary=9):
        super().__init__()
        self.start = nn.Linear(n_image, width)
        self.state = nn.GRUCell(width, width)
        self.decoder = Decoder(vocabulary, width)

    def unroll(self, image, steps):
        h = torch.tanh(self.start(image))
        x = torch.zeros_like(h)
        for _ in range(steps):
            h = self.state(x, h)
            x = self.decoder.embed(self.decoder.choose(h))
            yield x

    def sequence_loss(self, image, reference):
        said = torch.stack(list(self.unroll(image, reference.size(1))), dim=1).mean(1)
        meant = self.decoder.words(reference).mean(1).detach()
        return 1 - F.cosine_similarity(said, meant).mean()
