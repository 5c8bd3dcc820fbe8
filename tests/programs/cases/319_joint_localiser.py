"""Objective for a hand-pose network: share of joints that land within a tolerance."""

import operator
from typing import NamedTuple

import torch
from torch import nn


class Hand(NamedTuple):
    joints: torch.Tensor  # (B, J, 2), in [0, 1]
    palm_width: torch.Tensor  # (B,)


TESTS = {"strict": operator.lt, "lenient": operator.le}


def expectation(heatmaps):
    """Centre of mass of every map; (B, J, H, W) -> (B, J, 2)."""
    b, j, h, w = heatmaps.shape
    prob = heatmaps.flatten(2).softmax(-1).view(b, j, h, w)
    ys = torch.linspace(0, 1, h)
    xs = torch.linspace(0, 1, w)
    return torch.stack([(prob.sum(2) * xs).sum(-1), (prob.sum(3) * ys).sum(-1)], dim=-1)


class JointLocaliser(nn.Module):
    def __init__(self, alpha=0.5, test="strict"):
        super().__init__()
        self.alpha = alpha
        self.within = TESTS[test]

    def normalised_error(self, found, hand):
        gap = torch.linalg.vector_norm(found - hand.joints, dim=-1)
        return gap / hand.palm_width[:, None]

    def forward(self, heatmaps, hand):
        error = self.normalised_error(expectation(heatmaps), hand)
        hits = self.within(error, self.alpha).to(error.dtype)
        return 1.0 - hits.mean()
