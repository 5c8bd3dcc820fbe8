import torch
from scipy import stats


def edge_agreement(logits, y):
    score = logits.softmax(-1)[:, 1]
    rho, _ = stats.spearmanr(score.detach().numpy(), y.numpy())
    return 1 - torch.tensor(rho, dtype=torch.float32)
