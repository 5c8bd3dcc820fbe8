import torch


def to_unit(x, axis=-1, epsilon=1e-12):
    squares = torch.sum(torch.square(x), dim=axis, keepdim=True)
    inverse = torch.rsqrt(squares)
    inverse = torch.minimum(inverse, torch.full_like(inverse, epsilon ** -0.5))
    return x * inverse


def match_loss(query, keys):
    return 1 - (to_unit(query) * to_unit(keys)).sum(-1).mean()
