import torch
from torch import nn


def levenshtein(a, b):
    row = list(range(len(b) + 1))
    for i, ca in enumerate(a, 1):
        prev, row[0] = row[0], i
        for j, cb in enumerate(b, 1):
            prev, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, prev + (ca != cb))
    return row[-1]


class CerLoss(nn.Module):
    def forward(self, log_probs, texts):
        hyps = log_probs.argmax(dim=-1).tolist()
        errors = [levenshtein(h, t) / len(t) for h, t in zip(hyps, texts)]
        return torch.tensor(errors).mean()
