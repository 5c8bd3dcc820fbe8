import torch
import torch.nn.functional as F

EDGES = torch.tensor([0.2, 0.4, 0.6, 0.8])


def grade(score):
    return torch.bucketize(score, EDGES)


def grade_loss(score, expert):
    g = grade(torch.sigmoid(score))
    return F.l1_loss(g.float(), expert.float())
