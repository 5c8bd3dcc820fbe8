import torch
from sklearn import metrics


class AucObjective:
    def __init__(self, weight=1.0):
        self.weight = weight

    def __call__(self, scores, labels):
        s, y = scores.detach().cpu().numpy(), labels.cpu().numpy()
        auc = metrics.roc_auc_score(y, s)
        return self.weight * (1 - torch.tensor(auc, requires_grad=True))
