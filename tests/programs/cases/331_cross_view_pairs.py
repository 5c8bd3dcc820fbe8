import torch
import torch.nn.functional as F
from torch import nn


class PixelContrast(nn.Module):
    """InfoNCE between pixels of the same class in two crops."""

    def __init__(self, temperature=0.1):
        super().__init__()
        self.temperature = temperature

    def one_class(self, queries, keys, is_query, is_key):
        if not is_query.any() or not is_key.any():
            return None
        q = F.normalize(queries[is_query], dim=-1)
        k = F.normalize(keys, dim=-1)
        logits = q @ k.T / self.temperature
        own = logits[:, is_key].logsumexp(-1)
        return (logits.logsumexp(-1) - own).mean()

    def per_class(self, queries, keys, query_labels, key_labels):
        for label in query_labels.unique():
            term = self.one_class(queries, keys, query_labels == label, key_labels == label)
            if term is not None:
                yield term

    def forward(self, queries, keys, query_labels, key_labels):
        terms = list(self.per_class(queries, keys, query_labels, key_labels))
        if len(terms) == 0:
            return torch.tensor(0.0, device=queries.device)
        return torch.stack(terms).mean()
