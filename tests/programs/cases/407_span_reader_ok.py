"""Reads an answer span: choices of positions index, scores at these positions train."""

import torch
from torch import nn


class SpanReader(nn.Module):
    def __init__(self, n_features=5, beam=3, margin=1.0):
        super().__init__()
        self.point = nn.Linear(n_features, 2)
        self.beam = beam
        self.margin = margin

    def candidates(self, start, end):
        """The best (i, j) with i <= j, as indices."""
        joint = start[:, None] + end[None, :]
        joint = joint.masked_fill(joint.new_ones(joint.shape).tril(-1).bool(), -1e9)
        flat = joint.flatten().topk(self.beam).indices
        return torch.div(flat, len(end), rounding_mode="floor"), flat % len(end)

    def loss(self, passages, answers):
        total = 0.0
        for passage, (first, last) in zip(passages, answers):
            start, end = self.point(passage).unbind(-1)
            i, j = self.candidates(start, end)
            rivals = start[i] + end[j]
            gold = start[first] + end[last]
            wrong = (i != first) | (j != last)
            hinge = torch.relu(self.margin + rivals - gold)
            total = total + (hinge * wrong).sum() / max(int(wrong.sum()), 1)
        return total / len(passages)
