import torch
import torch.nn as nn
import torch.nn.functional as F


class WeightedCE(nn.Module):
    """cross entropy whose class weights are learned together with the model"""

    def __init__(self, num_classes=3):
        super().__init__()
        self.class_weights = nn.Parameter(torch.zeros(num_classes))

    def forward(self, logits, target):
        w = F.softmax(self.class_weights, dim=0) * len(self.class_weights)
        loss = F.cross_entropy(logits, target, weight=w, reduction="sum")
        return loss / target.numel()
