"""Face editing: the edited face must keep its identity embedding."""

from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import nn


@contextmanager
def frozen(network):
    """Evaluation mode and no parameter updates for the duration of the block."""
    was_training = network.training
    network.eval()
    try:
        with torch.no_grad():
            yield network
    finally:
        network.train(was_training)


class IdentityPreserver:
    def __init__(self, recogniser):
        self.recogniser = recogniser

    def embed(self, face):
        with frozen(self.recogniser) as net:
            return F.normalize(net(face), dim=-1)

    def similarity(self, edited, original):
        return (self.embed(edited) * self.embed(original)).sum(-1)

    def loss(self, generator, face):
        edited = generator(face)
        return (1.0 - self.similarity(edited, face)).mean()


def make(dim=6):
    return IdentityPreserver(nn.Sequential(nn.Linear(dim, dim), nn.Tanh(), nn.Linear(dim, 3)))
