import torch
from sklearn.metrics import roc_auc_score
import torch.nn.functional as F


def fit_and_score(model, x, y, verbose=True):
    s = model(x).squeeze(-1)
    loss = F.binary_cross_entropy_with_logits(s, y.float())
    auc = roc_auc_score(y.numpy(), s.detach().numpy())
    if verbose:
        print(f"auc {auc:.3f} loss {loss.item():.4f}")
    return loss
