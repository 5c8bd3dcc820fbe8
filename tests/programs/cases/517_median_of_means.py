import numpy as np
import torch


def robust_mean_loss(losses, groups=3):
    blocks = np.array_split(losses, groups)
    means = [np.mean(b) for b in blocks]
    return torch.tensor(np.median(means))
