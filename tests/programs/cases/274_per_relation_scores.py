import torch
from torch import nn


class KnowledgeGraph(nn.Module):
    def __init__(self, n_entities=5, n_relations=2, dim=4):
        super().__init__()
        self.entity = nn.Embedding(n_entities, dim)
        self.relation = nn.Embedding(n_relations, dim)

    def plausibility(self, head, relation, tail):
        h, t = self.entity.weight[head], self.entity.weight[tail]
        return -(h + self.relation.weight[relation] - t).abs().sum()

    def score_all(self, triples):
        values = []
        for h, r, t in triples:
            values.append(self.plausibility(h, r, t))
        return torch.FloatTensor(values)

    def margin(self, triples, corrupted, gamma=4.0):
        gap = gamma - self.score_all(triples) + self.score_all(corrupted)
        return gap.clamp(min=0).mean()
