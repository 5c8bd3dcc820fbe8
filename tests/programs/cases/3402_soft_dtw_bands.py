from functools import partial

import torch

BIG = 1e8


def sq_cdist(x, y):
    return (x.unsqueeze(2) - y.unsqueeze(1)).pow(2).sum(-1)


def softmin3(a, b, c, gamma):
    z = -torch.stack([a, b, c], dim=-1) / gamma
    return -gamma * torch.logsumexp(z, dim=-1)


def soft_dtw(D, gamma=1.0, bandwidth=None):
    B, N, M = D.shape
    border = D.new_full((B,), BIG)
    prev = [D.new_zeros(B)] + [border] * M
    for i in range(N):
        row = [border]
        for j in range(M):
            if bandwidth is not None and abs(i - j) > bandwidth:
                row.append(border)
                continue
            best = softmin3(prev[j], prev[j + 1], row[j], gamma)
            row.append(D[:, i, j] + best)
        prev = row
    return prev[M]


def soft_dtw_divergence(x, y, gamma=0.5, bandwidth=None):
    if bandwidth is not None and bandwidth < abs(x.size(1) - y.size(1)):
        raise ValueError("bandwidth is narrower than the difference of the lengths")
    sdtw = partial(soft_dtw, gamma=gamma, bandwidth=bandwidth)
    xy = sdtw(sq_cdist(x, y))
    xx = sdtw(sq_cdist(x, x))
    with torch.no_grad():
        yy = sdtw(sq_cdist(y, y))
    return (xy - 0.5 * (xx + yy)).mean()
