"""Targeted image perturbation kept inside an L-infinity ball around the photo."""

from itertools import count
from types import SimpleNamespace

import torch
import torch.nn.functional as F

config = SimpleNamespace(radius=0.1, step=0.02, rounds=2)


def project(image, photo, radius):
    image.clamp_(photo - radius, photo + radius)
    return image.clamp_(0.0, 1.0)


def smoothness(image):
    return image.diff(dim=-1).abs().mean() + image.diff(dim=-2).abs().mean()


def iterate(image, photo, victim, wanted):
    """One evaluation of the objective; `image` is what the optimiser owns."""
    inside = project(image, photo, config.radius)
    logits = victim(inside)
    return F.cross_entropy(logits, wanted) + 0.1 * smoothness(inside)


def attack(photo, victim, wanted):
    image = photo.clone().requires_grad_()
    optimiser = torch.optim.SGD([image], lr=config.step)
    for k in count():
        if k == config.rounds:
            return image.detach()
        optimiser.zero_grad()
        iterate(image, photo, victim, wanted).backward()
        optimiser.step()
