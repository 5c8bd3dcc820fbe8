import torch


def fit(w, x, y):
    return (x @ w - y).pow(2).mean()


def curvature(g, v):
    return (g * v).sum()


def inner_outer(w, support, query, lam=0.5):
    (g,) = torch.autograd.grad(fit(w, *support), w)
    return fit(w, *query) + lam * g.norm()
