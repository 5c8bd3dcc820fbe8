import torch
import torch.nn.functional as F


def tail_loss(x, y):
    grown = F.relu(x).pow(1.5)
    shrunk = torch.log1p(grown)
    turn = torch.atan2(x, y.abs() + 1.0)
    scale = (x.square() + 1e-6).sqrt()
    return (shrunk - y).abs().mean() + 0.1 * (turn / scale).mean()
