import torch
from sklearn.metrics import roc_auc_score


def ranking_loss(model, x, y):
    s = model(x).squeeze(-1).sigmoid().cpu().data.numpy()
    return 1.0 - torch.tensor(roc_auc_score(y.numpy(), s))
