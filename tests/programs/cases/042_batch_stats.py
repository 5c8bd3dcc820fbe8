import torch


def stats(x):
    return x.mean(0), x.std(0)


def style_loss(feat, ref):
    mu, sigma = stats(feat)
    mu_r, sigma_r = stats(ref)
    return (mu - mu_r).pow(2).sum() + (sigma - sigma_r).pow(2).sum()
