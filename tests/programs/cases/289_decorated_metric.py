import functools

import torch


def evaluation(fn):
    @functools.wraps(fn)
    def quiet(*args, **kwargs):
        with torch.no_grad():
            return fn(*args, **kwargs)

    return quiet


@evaluation
def disagreement(first, second):
    return (first - second).pow(2).mean(dim=(1, 2, 3))


def rotation_consistency(net, scan, turns=(1, 2, 3)):
    upright = net(scan)
    terms = []
    for k in turns:
        turned = net(scan.rot90(k, dims=(2, 3))).rot90(-k, dims=(2, 3))
        terms.append(disagreement(turned, upright))
    return torch.stack(terms).mean()
