import torch


def centre(v):
    return v - v.mean(dim=-1, keepdim=True)


def covariance(a, b):
    return (a * b).sum(dim=-1)


def pearson(a, b):
    a, b = centre(a), centre(b)
    return covariance(a, b) / (covariance(a, a).sqrt() * covariance(b, b).sqrt())


def correlation_objective(forecast, observed, weights=(0.5, 0.5)):
    r = pearson(forecast, observed)
    mae = (forecast - observed).abs().mean()
    return weights[0] * (1 - r).mean() + weights[1] * mae
