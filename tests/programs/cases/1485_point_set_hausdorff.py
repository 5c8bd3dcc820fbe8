import torch
from torch import nn


def cdist(x, y):
    differences = x.unsqueeze(1) - y.unsqueeze(0)
    return torch.sum(differences ** 2, -1).sqrt()


class AveragedHausdorffLoss(nn.Module):
    def forward(self, set1, set2):
        d2_matrix = cdist(set1, set2)
        term_1 = torch.mean(torch.min(d2_matrix, 1)[0])
        term_2 = torch.mean(torch.min(d2_matrix, 0)[0])
        return term_1 + term_2


def boundary_hausdorff(prob_map, label):
    prob = torch.softmax(prob_map, dim=1)
    losses = []
    for p, gt in zip(prob, label):
        _, pred = torch.max(p, dim=0)
        set1 = torch.nonzero(pred == 1).float()
        set2 = torch.nonzero(gt == 1).float()
        losses.append(AveragedHausdorffLoss()(set1, set2))
    return torch.stack(losses).mean()
