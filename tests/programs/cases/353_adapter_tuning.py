"""Frozen encoder with small trainable adapters between its layers."""

import contextlib

import torch
import torch.nn.functional as F
from torch import nn


class Adapter(nn.Module):
    def __init__(self, dim, rank=2):
        super().__init__()
        self.down = nn.Linear(dim, rank)
        self.up = nn.Linear(rank, dim)

    def forward(self, h):
        return h + self.up(F.gelu(self.down(h)))


class AdapterTuning(nn.Module):
    def __init__(self, dim=6, depth=2, classes=3, finetune_encoder=False):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(dim, dim) for _ in range(depth))
        self.adapters = nn.ModuleList(Adapter(dim) for _ in range(depth))
        self.head = nn.Linear(dim, classes)
        self.finetune_encoder = finetune_encoder
        if not finetune_encoder:
            self.layers.requires_grad_(False)

    def encode(self, x):
        with contextlib.ExitStack() as stack:
            if not self.finetune_encoder:
                stack.enter_context(torch.no_grad())
            for layer, adapter in zip(self.layers, self.adapters):
                x = adapter(torch.tanh(layer(x)))
        return x

    def step(self, x, y):
        return F.cross_entropy(self.head(self.encode(x)), y)
