"""Angles and lengths of bones; stays finite for coincident joints and for parallel bones."""

from typing import NamedTuple

import torch
import torch.nn.functional as F


class Weights(NamedTuple):
    length: float = 1.0
    angle: float = 0.5


def bones(joints, parents):
    return joints[:, 1:] - joints[:, parents[1:]]


def bend(a, b):
    """Angle between vectors by atan2, which unlike acos has a slope everywhere."""
    sine = torch.linalg.cross(a, b, dim=-1).norm(dim=-1)
    cosine = (a * b).sum(dim=-1)
    return torch.atan2(sine, cosine)


class SkeletonLoss:
    def __init__(self, parents, weights=Weights()):
        self.parents = torch.as_tensor(parents)
        self.weights = weights

    def lengths(self, vectors):
        return vectors.pow(2).sum(-1).clamp(min=1e-8).sqrt()

    def __call__(self, pose, truth):
        ours, theirs = bones(pose, self.parents), bones(truth, self.parents)
        by_length = F.l1_loss(self.lengths(ours), self.lengths(theirs))
        by_angle = bend(ours, theirs).pow(2).mean()
        return self.weights.length * by_length + self.weights.angle * by_angle
