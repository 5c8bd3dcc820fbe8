import numpy as np
import torch


def cumulative(h):
    return np.cumsum(h.detach().numpy(), axis=-1)


def emd_loss(hist_p, hist_q):
    p = hist_p / hist_p.sum(-1, keepdim=True)
    q = hist_q / hist_q.sum(-1, keepdim=True)
    gap = np.abs(cumulative(p) - cumulative(q)).sum(-1)
    return torch.Tensor(gap).mean()
