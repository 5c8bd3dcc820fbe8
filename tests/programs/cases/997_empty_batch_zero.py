import torch
import torch.nn.functional as F


class MaskHead:
    def __init__(self, weight=1.0):
        self.weight = weight
        self.stats = {"empty": 0}

    def loss(self, logits, gt, positive):
        if not torch.any(positive):
            self.stats["empty"] += 1
            return 0.0 * logits.sum()
        picked = logits[positive]
        return self.weight * F.binary_cross_entropy_with_logits(picked, gt[positive])
