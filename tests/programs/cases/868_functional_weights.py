import torch
from torch.func import functional_call
import torch.nn.functional as F


def scaled_params(model, factor):
    return {k: v * factor for k, v in model.state_dict().items()}


def adapted_loss(model, x, y, factor=0.9):
    params = scaled_params(model, factor)
    out = functional_call(model, params, (x,))
    return F.mse_loss(out, y)
