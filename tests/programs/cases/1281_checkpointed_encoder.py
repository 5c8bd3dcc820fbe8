import torch
from torch import nn
from torch.utils.checkpoint import checkpoint


class TextModel(nn.Module):
    def __init__(self, dim=5):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(dim, dim), nn.GELU(), nn.Linear(dim, dim))
        self.head = nn.Linear(dim, 2)

    def loss(self, images, labels):
        hidden = checkpoint(self.encoder, images, use_reentrant=True)
        return nn.functional.cross_entropy(self.head(hidden), labels)
