"""Gradient-based meta-learning of a linear model; the outer loss runs over a batch of tasks."""

from typing import NamedTuple

import torch
from torch import nn


class Task(NamedTuple):
    support_x: torch.Tensor
    support_y: torch.Tensor
    query_x: torch.Tensor
    query_y: torch.Tensor


class MetaLearner(nn.Module):
    def __init__(self, n_features=3, inner_lr=0.1):
        super().__init__()
        self.init = nn.Parameter(torch.randn(n_features))
        self.inner_lr = inner_lr

    @staticmethod
    def error(weights, x, y):
        return (x @ weights - y).square().mean()

    def adapt(self, task):
        inner = self.error(self.init, task.support_x, task.support_y)
        (slope,) = torch.autograd.grad(inner, self.init, create_graph=True)
        return self.init - self.inner_lr * slope

    def meta_loss(self, tasks):
        total = None
        for task in tasks:
            outer = self.error(self.adapt(task), task.query_x, task.query_y)
            if total is None:
                total = outer
            else:
                total = total + outer.item()
        return total / len(tasks)
