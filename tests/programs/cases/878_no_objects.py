import torch
import torch.nn.functional as F


class BoxHead:
    def __init__(self, beta=1.0):
        self.beta = beta

    def box_loss(self, deltas, targets, labels):
        fg = torch.nonzero(labels > 0).squeeze(1)
        if fg.numel() == 0:
            return torch.zeros(1)
        loss = F.smooth_l1_loss(deltas[fg], targets[fg], beta=self.beta, reduction="sum")
        return loss / labels.numel()
