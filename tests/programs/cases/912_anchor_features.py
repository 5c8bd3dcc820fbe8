import torch
from torch import nn
import torch.nn.functional as F


class Reid(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Linear(8, 5)
        self.head = nn.Linear(5, 4)

    def forward(self, x):
        f = F.leaky_relu(self.backbone(x), 0.1)
        f = f.detach()
        return f, self.head(f)

    def loss(self, x, pid, margin=0.3):
        feat, logits = self(x)
        same = pid[:, None] == pid
        d = torch.cdist(feat, feat)
        trip = torch.relu((d * same).amax(1) - (d + 9.0 * same).amin(1) + margin).mean()
        return F.cross_entropy(logits, pid) + trip
