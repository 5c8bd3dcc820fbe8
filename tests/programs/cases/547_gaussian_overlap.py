import torch


def wasserstein_gauss(mu, cov, mu_t, cov_t):
    shift = (mu - mu_t).pow(2).sum(-1)
    spread = (cov.clamp(min=0) ** 0.5 - cov_t ** 0.5).pow(2).sum(-1)
    return torch.mean(shift + spread)
