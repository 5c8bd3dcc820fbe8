import torch
from scipy import stats


def correlation(pred, mos):
    r, _ = stats.pearsonr(pred.detach().numpy(), mos.numpy())
    return r


def score_loss(pred, mos):
    r = correlation(pred, mos)
    return torch.tensor(1.0 - r, dtype=torch.float32)
