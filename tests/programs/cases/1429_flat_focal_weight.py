import torch
import torch.nn.functional as F


def weighted_nll(P, class_mask, gamma=0):
    probs = (F.softmax(P, dim=1) * class_mask).sum(1).view(-1, 1)
    pt = torch.pow(1 - probs, gamma)
    pt.detach_()
    per_sample = -(pt * probs.clamp(min=1e-8).log()).sum(1)
    worst = per_sample.argmax()
    return per_sample.mean() + 0.1 * per_sample[worst]
