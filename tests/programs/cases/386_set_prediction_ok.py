"""Set prediction: the assignment is found outside the graph, the loss is read inside it."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from scipy.optimize import linear_sum_assignment
from torch import nn


class Outputs(NamedTuple):
    boxes: torch.Tensor  # (Q, 4)
    logits: torch.Tensor  # (Q, C + 1), the last class is "nothing"


class Matcher(nn.Module):
    @torch.no_grad()
    def forward(self, outputs, boxes, labels):
        likelihood = outputs.logits.softmax(-1)[:, labels]
        cost = torch.cdist(outputs.boxes, boxes, p=1) - likelihood
        rows, columns = linear_sum_assignment(cost.cpu().numpy())
        return torch.as_tensor(rows), torch.as_tensor(columns)


class SetCriterion(nn.Module):
    def __init__(self, n_classes=3, box_weight=5.0):
        super().__init__()
        self.matcher = Matcher()
        self.nothing = n_classes
        self.box_weight = box_weight

    def forward(self, outputs, boxes, labels):
        rows, columns = self.matcher(outputs, boxes, labels)
        wanted = torch.full((len(outputs.logits),), self.nothing)
        wanted[rows] = labels[columns]
        classes = F.cross_entropy(outputs.logits, wanted)
        positions = F.l1_loss(outputs.boxes[rows], boxes[columns], reduction="sum")
        return classes + self.box_weight * positions / max(len(boxes), 1)
