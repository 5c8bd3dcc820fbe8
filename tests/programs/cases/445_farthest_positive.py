import torch
from torch import nn


class FarthestPositive(nn.Module):
    margin = 0.3

    def forward(self, emb, ids):
        d = 1 - torch.nn.functional.cosine_similarity(emb[:, None], emb[None], dim=-1)
        same = ids[:, None] == ids[None]
        far = d.masked_fill(~same, -1.0).argmax(dim=1)
        near = d.masked_fill(same, 3.0).argmin(dim=1)
        rows = torch.arange(len(emb))
        return torch.relu(d[rows, far] - d[rows, near] + self.margin).mean()
