import torch


def soft_min(a, b, c, gamma):
    z = torch.stack([a, b, c]) / -gamma
    return -gamma * torch.logsumexp(z, dim=0)


def soft_dtw(x, y, gamma=0.5):
    d = (x[:, None] - y[None]).square()
    n, m = d.shape
    big = torch.tensor(1e6)
    r = {(0, 0): torch.zeros(())}
    for i in range(n + 1):
        for j in range(m + 1):
            if i and j:
                best = soft_min(r[i - 1, j - 1], r[i - 1, j], r[i, j - 1], gamma)
                r[i, j] = d[i - 1, j - 1] + best
            elif i or j:
                r[i, j] = big
    return r[n, m] / (n + m)
