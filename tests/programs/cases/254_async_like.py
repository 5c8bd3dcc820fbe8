import torch.nn.functional as F


def hierarchical(levels, ys):
    loss = 0.0
    for i, (level, y) in enumerate(zip(levels, ys)):
        conf = level.softmax(-1).amax(-1)
        mask = conf > 0.9
        penalty = (conf[mask] - 0.9).relu().sum() / max(1, int(mask.sum()))
        penalty = penalty * 0.1
        loss = F.cross_entropy(level, y) + penalty
    return loss
