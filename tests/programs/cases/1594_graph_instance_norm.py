import torch
from torch import nn


def scatter_mean(src, index, dim_size):
    out = src.new_zeros(dim_size, src.size(1)).index_add(0, index, src)
    count = src.new_zeros(dim_size).index_add(0, index, torch.ones_like(index, dtype=src.dtype))
    return out / count.clamp(min=1).unsqueeze(1)


class GraphInstanceNorm(nn.Module):
    def __init__(self, in_channels, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(in_channels))

    def forward(self, x, batch):
        size = int(batch.max()) + 1
        mean = scatter_mean(x, batch, size)
        out = x - mean[batch]
        var = scatter_mean(out * out, batch, size)
        out = out / (var.sqrt()[batch] + self.eps)
        return out * self.weight


class MoleculeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin1 = nn.Linear(3, 3)
        self.norm = GraphInstanceNorm(3)
        self.lin2 = nn.Linear(3, 1)

    def forward(self, x, batch):
        return self.lin2(self.norm(self.lin1(x), batch).relu())


def train(model, x, batch, y):
    out = model(x, batch)
    loss = nn.functional.mse_loss(out.squeeze(-1), y)
    return loss
