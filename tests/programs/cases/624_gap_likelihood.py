import math

import torch


def kalman_nll(log_q, log_r, y):
    q, r = log_q.exp(), log_r.exp()
    mean, var = torch.zeros(()), torch.ones(())
    nll = 0.0
    for obs in y:
        var = var + q
        if torch.isnan(obs):
            continue
        s = var + r
        err = obs - mean
        nll = nll + 0.5 * (torch.log(2 * math.pi * s) + err ** 2 / s)
        gain = var / s
        mean = mean + gain * err
        var = (1 - gain) * var
    return nll
