import torch
from sklearn.metrics import ndcg_score


class NdcgLoss:
    def __init__(self, k=3):
        self.k = k

    def __call__(self, scores, relevance):
        value = ndcg_score(relevance.numpy(), scores.detach().numpy(), k=self.k)
        return torch.tensor(1.0 - value, requires_grad=True)
