import torch
import torch.nn as nn


class SoftDice(nn.Module):
    def __init__(self, smooth=1.0, threshold=0.5):
        super().__init__()
        self.smooth = smooth
        self.threshold = threshold

    def forward(self, probs, targets):
        n = probs.size(0)
        m1 = torch.where(probs >= self.threshold, 1.0, 0.0).view(n, -1)
        m2 = targets.view(n, -1)
        inter = (m1 * m2).sum(1)
        score = 2.0 * (inter + self.smooth) / (m1.sum(1) + m2.sum(1) + self.smooth)
        return 1 - score.mean()


class BCEDiceLoss(nn.Module):
    def __init__(self, bce_weight=0.5, **kw):
        super().__init__()
        self.w = bce_weight
        self.bce = nn.BCEWithLogitsLoss()
        self.dice = SoftDice(**kw)

    def forward(self, logits, masks):
        bce = self.bce(logits, masks)
        dice = self.dice(torch.sigmoid(logits), masks)
        return self.w * bce + (1 - self.w) * dice
