"""The usual two-phase loop of transfer-learning tutorials, cut into methods."""

import enum

import torch
import torch.nn.functional as F
from torch import nn


class Phase(enum.Enum):
    TRAIN = "train"
    VALID = "valid"

    @property
    def learning(self):
        return self.value == "training"


class Trainer:
    def __init__(self, features=5, classes=3):
        self.model = nn.Linear(features, classes)
        self.log = {phase: [] for phase in Phase}

    def forward_batch(self, batch, phase):
        x, y = batch
        with torch.set_grad_enabled(phase.learning):
            logits = self.model(x)
            loss = F.cross_entropy(logits, y)
        return loss

    def run_epoch(self, batches, phase=Phase.TRAIN):
        self.model.train(phase.learning)
        total = 0.0
        for batch in batches:
            loss = self.forward_batch(batch, phase)
            self.log[phase].append(float(loss))
            total = total + loss
        return total / len(batches)
