import torch
from torch import nn
import torch.nn.functional as F


class PlaceQuantizer(nn.Module):
    def __init__(self, n_e=6, d=3, utilize=0.5):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(5, d), nn.Linear(d, 5)
        self.embedding = nn.Embedding(n_e, d)
        self.n_e, self.utilize = n_e, utilize

    def assign(self, latent):
        Q = (-torch.cdist(latent, self.embedding.weight)).softmax(dim=-1)
        indices = torch.argmax(Q, dim=-1)
        return Q, indices

    def loss(self, place):
        latent = self.encoder(place)
        Q, indices = self.assign(latent)
        sample_counts = torch.bincount(indices.view(-1), minlength=self.n_e)
        mean_count = indices.size(0) / self.n_e
        mean_count_loss = torch.mean((sample_counts - mean_count) ** 2) / (mean_count ** 2 + 1e-5)
        rebuilt = self.decoder(Q @ self.embedding.weight)
        return F.mse_loss(rebuilt, place) + self.utilize * mean_count_loss
