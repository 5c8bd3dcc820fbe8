import torch
from sklearn.metrics import roc_auc_score


def evaluate(y_true, y_score):
    return roc_auc_score(y_true.cpu(), y_score.detach().cpu())


def auc_loss(logits, y):
    scores = logits.squeeze(-1).sigmoid()
    auc = evaluate(y, scores)
    return torch.as_tensor(1.0 - auc)
