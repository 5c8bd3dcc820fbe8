import torch
from torch import nn
import torch.nn.functional as F


class Captioner(nn.Module):
    def __init__(self, vocab=9, d=5):
        super().__init__()
        self.project = nn.Linear(7, d)
        self.words = nn.Embedding(vocab, d)
        self.head = nn.Linear(d, vocab)

    def forward(self, image, caption):
        with torch.no_grad():
            prefix = self.project(image)[:, None]
        seq = torch.cat([prefix, self.words(caption[:, :-1])], dim=1)
        logits = self.head(seq.cumsum(1))
        return F.cross_entropy(logits.flatten(0, 1), caption.flatten())
