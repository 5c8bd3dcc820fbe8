import torch
import torch.nn.functional as F


def hinge_rank_loss(pos, neg):
    gap = torch.sigmoid(neg) - torch.sigmoid(pos)
    return F.relu(gap - 1.0).mean()
