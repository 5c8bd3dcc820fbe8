import torch


def poisson_term(rate, counts):
    xlogy = counts * torch.log(rate)
    return torch.where(counts > 0, xlogy, torch.zeros_like(xlogy))


def log_likelihood(rate, counts):
    return -(poisson_term(rate, counts) - rate).sum()
