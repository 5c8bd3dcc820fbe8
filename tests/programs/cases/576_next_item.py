import torch
from torch import nn
import torch.nn.functional as F


class SessionModel(nn.Module):
    def __init__(self, n=7, d=4):
        super().__init__()
        self.user = nn.Linear(3, d)
        self.items = nn.Embedding(n, d)

    def recommend(self, u):
        scores = self.user(u) @ self.items.weight.t()
        top = scores.topk(1, dim=-1)
        return top.indices.squeeze(-1)

    def loss(self, u, bought):
        guess = self.recommend(u)
        return F.l1_loss(guess.float(), bought.float())
