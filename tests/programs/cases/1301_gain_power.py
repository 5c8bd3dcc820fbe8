import torch

GAMMA = 0.5


def gain_loss(gb_hat, gb):
    """Compressed band gains; the network's sigmoid often says exactly zero."""
    kept = torch.relu(gb_hat)
    err = torch.pow(gb, GAMMA) - torch.pow(kept, GAMMA)
    return err.pow(2).mean() + 10 * err.pow(4).mean()
