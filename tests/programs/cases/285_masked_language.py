import torch
import torch.nn.functional as F
from torch import nn


class MaskedTokens(nn.Module):
    ignore = -100

    def __init__(self, width=4, vocab=8):
        super().__init__()
        self.head = nn.Linear(width, vocab)

    def compute(self, hidden, ids, picked):
        labels = torch.full_like(ids, self.ignore)
        labels[picked] = ids[picked]
        logits = self.head(hidden)
        if not picked.any():
            return logits.sum() * 0.0
        loss = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=self.ignore)
        with torch.inference_mode():
            guess = logits.argmax(-1)
            self.accuracy = (guess == ids)[picked].float().mean().item()
        return loss
