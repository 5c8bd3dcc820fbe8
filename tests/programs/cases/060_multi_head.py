import math

import torch.nn.functional as F


def scale_invariant(pred, gt, lam=0.5):
    d = [math.log(p) - math.log(g) for p, g in zip(pred.flatten(), gt.flatten())]
    n = len(d)
    return sum(v * v for v in d) / n - lam * sum(d) ** 2 / n ** 2


def weighted_sum(outs, gts):
    losses = {"seg": F.mse_loss(outs["seg"], gts["seg"])}
    losses["depth"] = scale_invariant(outs["depth"], gts["depth"])
    return losses["seg"] + 0.1 * losses["depth"]
