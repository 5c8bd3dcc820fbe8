import torch
from torch import nn
import torch.nn.functional as F


def decode(loc, priors):
    boxes = torch.cat((priors[:, :2] + loc[:, :2] * 0.1 * priors[:, 2:],
                       priors[:, 2:] * torch.exp(loc[:, 2:] * 0.2)), 1)
    boxes[:, :2] -= boxes[:, 2:] / 2
    boxes[:, 2:] += boxes[:, :2]
    return boxes


class ParkingLoss(nn.Module):
    def __init__(self, negpos_ratio=3):
        super().__init__()
        self.ratio = negpos_ratio

    def forward(self, loc, conf, priors, boxes_t, conf_t):
        num = loc.size(0)
        pos = conf_t > 0
        box = torch.stack([decode(loc[i], priors) for i in range(num)])
        loss_l = F.smooth_l1_loss(box[pos], boxes_t[pos], reduction="sum")
        loss_c = F.cross_entropy(conf.flatten(0, 1), conf_t.flatten(), reduction="none").view(num, -1).detach()
        loss_c[pos] = 0
        _, loss_idx = loss_c.sort(1, descending=True)
        _, idx_rank = loss_idx.sort(1)
        num_neg = torch.clamp(self.ratio * pos.long().sum(1, keepdim=True), max=pos.size(1) - 1)
        neg = idx_rank < num_neg.expand_as(idx_rank)
        chosen = pos | neg
        loss_c = F.cross_entropy(conf[chosen], conf_t[chosen], reduction="sum")
        N = pos.sum().clamp(min=1).float()
        return loss_l / N + loss_c / N
