from typing import List

import torch
from torch import Tensor
from torch.nn.modules.loss import _Loss


class MulticlassJaccardLoss(_Loss):
    """Jaccard loss for semantic segmentation, background left out."""

    __name__ = "mc_jaccard_loss"

    def __init__(self, classes: List[int] = None, from_logits=True, weight=(2, 10), reduction="mean"):
        super().__init__(reduction=reduction)
        self.classes = classes
        self.from_logits = from_logits
        self.weight = weight

    def forward(self, y_pred: Tensor, y_true: Tensor) -> Tensor:
        if self.from_logits:
            y_pred = y_pred.softmax(dim=1)
        n_classes = y_pred.size(1)
        smooth = 1e-3
        if self.classes is None:
            classes = range(n_classes)
        else:
            classes = self.classes
            n_classes = len(classes)
        loss = torch.zeros(n_classes, dtype=torch.float, device=y_pred.device)
        labels = y_pred.max(dim=1).indices
        for i, class_index in enumerate(classes):
            jaccard_target = (y_true == class_index).float()
            jaccard_output = (labels == class_index).float()
            num_preds = torch.sum(jaccard_target)
            if num_preds == 0:
                loss[i] = 0
                continue
            intersection = (jaccard_output * jaccard_target).sum()
            union = (jaccard_output + jaccard_target).sum() - intersection
            loss[i] = (1.0 - (intersection + smooth) / (union + smooth)) * self.weight[i]
        if self.reduction == "mean":
            return loss.mean()
        return loss.sum()
