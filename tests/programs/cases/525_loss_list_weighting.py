import torch
from torch import nn


class TaskBalancer(nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.register_buffer("weights", torch.as_tensor(weights))

    def forward(self, depth, seg, normal):
        terms = torch.Tensor([depth.abs().mean(), seg.pow(2).mean(), normal.norm()])
        return torch.dot(self.weights, terms)
