import torch
from torch import nn
import torch.nn.functional as F


class GroupDRO(nn.Module):
    def __init__(self, groups=3, eta=0.1):
        super().__init__()
        self.register_buffer("q", torch.ones(groups) / groups)
        self.eta = eta

    def forward(self, logits, y, group):
        ce = F.cross_entropy(logits, y, reduction="none")
        hot = F.one_hot(group, len(self.q)).float()
        per_group = (hot * ce[:, None]).sum(0) / hot.sum(0).clamp(min=1)
        self.q = self.q * torch.exp(self.eta * per_group.detach())
        self.q = self.q / self.q.sum()
        self.worst = int(per_group.argmax())
        return (self.q * per_group).sum()
