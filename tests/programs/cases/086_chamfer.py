def pairwise(a, b):
    return ((a[:, None] - b[None]) ** 2).sum(-1).sqrt()


def chamfer(p, q):
    d = pairwise(p, q)
    return d.min(dim=1).values.mean() + d.min(dim=0).values.mean()
