import torch
from torch import nn


def pair_mask(lengths, n):
    alive = torch.arange(n)[None] < lengths[:, None]
    return alive, torch.einsum("bi,bj->bij", alive.float(), alive.float())


class Encoder(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.key, self.val = nn.Linear(dim, dim), nn.Linear(dim, dim)

    def loss(self, nodes, lengths, label):
        alive, both = pair_mask(lengths, nodes.size(1))
        score = self.key(nodes) @ nodes.transpose(1, 2)
        score = score.masked_fill(both == 0, float("-inf"))
        mixed = torch.matmul(score.softmax(dim=-1), self.val(nodes))
        mixed = torch.where(alive[..., None], mixed, torch.zeros_like(mixed))
        return (mixed.sum((1, 2)) - label).pow(2).mean()
