import numpy as np
import torch


def sharpe(weights, returns, risk_free=0.0):
    port = returns @ torch.softmax(weights, 0)
    sd = np.std(port)
    return -(port.mean() - risk_free) / sd * np.sqrt(252)
