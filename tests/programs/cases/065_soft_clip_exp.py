import math

import torch

LOG2 = math.log(2.0)


def log_cosh(err):
    small = torch.log(torch.cosh(err))
    return torch.where(err.abs() < 20, small, err.abs() - LOG2).mean()
