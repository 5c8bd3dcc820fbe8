import torch
import torch.nn.functional as F
from torch import nn


class FewShot(nn.Module):
    def __init__(self, d_in=4, d_out=5):
        super().__init__()
        self.backbone = nn.Linear(d_in, d_out)
        self.temperature = nn.Parameter(torch.tensor(2.0))
        self.cache = {}

    def enrol(self, support):
        for label, shots in enumerate(support):
            self.cache[label] = self.backbone(shots).mean(0)

    def similarity(self, query):
        prototypes = torch.stack([self.cache[k] for k in sorted(self.cache)])
        z = self.backbone(query)
        return F.cosine_similarity(z[:, None], prototypes[None], dim=-1)

    def episode(self, support, query, way):
        self.enrol(support)
        sims = self.similarity(query).data
        return F.cross_entropy(sims * self.temperature, way)
