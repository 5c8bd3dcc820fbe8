import numpy as np
import torch
from torch import nn
import torch.nn.functional as F


def create_sinusoidal_embeddings(nb_p, dim, E):
    theta = np.array([[p / np.power(10000, 2 * (j // 2) / dim) for j in range(dim)] for p in range(nb_p)])
    E[:, 0::2] = torch.FloatTensor(np.sin(theta[:, 0::2]))
    E[:, 1::2] = torch.FloatTensor(np.cos(theta[:, 1::2]))
    return E


class Embeddings(nn.Module):
    def __init__(self, dim, vocab, positions):
        super().__init__()
        self.words = nn.Embedding(vocab, dim)
        self.positions = nn.Embedding(positions, dim)

    def forward(self, ids):
        table = create_sinusoidal_embeddings(self.positions.num_embeddings, self.positions.embedding_dim, self.positions.weight)
        return self.words(ids) + table[: ids.size(1)]


class ReviewClassifier(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.embeddings = Embeddings(dim, 9, 6)
        self.head = nn.Linear(dim, 2)

    def loss(self, ids, y):
        return F.cross_entropy(self.head(self.embeddings(ids).max(dim=1)[0]), y)
