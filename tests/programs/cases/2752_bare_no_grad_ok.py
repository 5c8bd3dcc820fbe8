import torch
import torch.nn.functional as F


def evaluate_then_fit(net, x, y):
    with torch.no_grad():
        scale = F.mse_loss(net(x), y).sqrt().clamp(min=1e-3)
    torch.no_grad()
    loss = F.mse_loss(net(x), y) / scale
    return loss
