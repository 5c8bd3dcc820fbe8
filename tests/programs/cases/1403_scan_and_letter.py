import torch
from torch import nn
import torch.nn.functional as F


class ScanLetter(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.letter_encoder = nn.EmbeddingBag(20, 6)
        self.image_head, self.letter_head = nn.Linear(8, dim), nn.Linear(6, dim)
        for p in self.letter_encoder.parameters():
            p.requires_grad = False

    def encode_letter(self, tokens):
        with torch.no_grad():
            pooled = self.letter_encoder(tokens)
            return self.letter_head(pooled)

    def loss(self, scan, tokens, temperature=0.1):
        image = F.normalize(self.image_head(scan), dim=-1)
        letter = F.normalize(self.encode_letter(tokens), dim=-1)
        logits = image @ letter.t() / temperature
        target = torch.arange(len(logits))
        return F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)
