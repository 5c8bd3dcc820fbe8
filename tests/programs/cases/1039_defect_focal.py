import torch
from torch import nn
import torch.nn.functional as F


class DefectFocal(nn.Module):
    def __init__(self, gamma=2.0, alpha=0.25, ignore=255):
        super().__init__()
        self.gamma, self.ignore = gamma, ignore
        self.alpha = torch.tensor([alpha, 1 - alpha])

    def forward(self, logits, target):
        if logits.dim() > 2:
            logits = logits.view(logits.size(0), logits.size(1), -1).transpose(1, 2)
            logits = logits.contiguous().view(-1, logits.size(2))
        target = target.view(-1)
        keep = target != self.ignore
        logits, target = logits[keep], target[keep]
        logpt = F.log_softmax(logits, dim=1).gather(1, target.view(-1, 1)).view(-1)
        pt = logpt.exp()
        if self.alpha.type() != logits.data.type():
            self.alpha = self.alpha.type_as(logits.data)
        at = self.alpha.gather(0, target.data.view(-1))
        loss = -1 * (1 - pt) ** self.gamma * logpt * at
        return loss.sum() / keep.sum().clamp(min=1)
