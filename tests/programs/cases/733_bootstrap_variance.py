import numpy as np
import torch


def value_at_risk(pnl, level=0.25):
    return np.quantile(pnl.detach().numpy(), level)


def risk_loss(weights, scenarios):
    pnl = scenarios @ weights.softmax(0)
    var = torch.as_tensor(value_at_risk(pnl))
    return -var
