import torch
import torch.nn.functional as F
from torch import nn


class MinimalGatedCell(nn.Module):
    """h' = (1 - u) * h + u * tanh(candidate); steps past the end of a sequence are blanked."""

    def __init__(self, n_in, n_hidden):
        super().__init__()
        self.update = nn.Linear(n_in + n_hidden, n_hidden)
        self.candidate = nn.Linear(n_in + n_hidden, n_hidden)

    def forward(self, x, h, alive):
        both = torch.cat([x, h], dim=-1)
        u = self.update(both).sigmoid()
        c = self.candidate(both).tanh()
        u *= alive[:, None]
        return torch.lerp(h, c, u)


class SequenceTagger(nn.Module):
    def __init__(self, n_words=11, n_hidden=6, n_tags=4):
        super().__init__()
        self.embed = nn.Embedding(n_words, n_hidden)
        self.cell = MinimalGatedCell(n_hidden, n_hidden)
        self.tag = nn.Linear(n_hidden, n_tags)

    def forward(self, words, lengths):
        h = torch.zeros(len(words), self.cell.candidate.out_features)
        for t, x in enumerate(self.embed(words).unbind(1)):
            h = self.cell(x, h, (t < lengths).float())
            yield self.tag(h)

    def loss(self, words, lengths, tags):
        steps = torch.stack(list(self(words, lengths)), dim=1)
        return F.cross_entropy(steps.flatten(0, 1), tags.flatten(), ignore_index=-1)
