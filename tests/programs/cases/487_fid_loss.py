import numpy as np
import torch


def moments(x):
    a = x.detach().numpy()
    return torch.from_numpy(a.mean(axis=0)), torch.from_numpy(np.cov(a, rowvar=False))


def frechet_loss(fake, real):
    mu_f, cov_f = moments(fake)
    mu_r, cov_r = moments(real)
    return (mu_f - mu_r).pow(2).sum() + (cov_f - cov_r).pow(2).sum()
