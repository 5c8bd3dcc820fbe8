import numpy as np
import torch


def assign(cost):
    taken, pairs = set(), []
    for row in range(cost.shape[0]):
        order = [c for c in np.argsort(cost[row]) if c not in taken]
        taken.add(order[0])
        pairs.append((row, order[0]))
    return pairs


def set_loss(boxes, gt):
    cost = torch.cdist(boxes, gt, p=1).detach().cpu().numpy()
    pairs = assign(cost)
    matched = [cost[i, j] for i, j in pairs]
    return torch.tensor(np.stack(matched)).mean()
