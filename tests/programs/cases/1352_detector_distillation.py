import torch
from torch import nn


class DistillDetectionLoss:
    def __init__(self, alpha=5.0, beta=0.3):
        self.bce = nn.BCEWithLogitsLoss(reduction="none")
        self.soft = nn.BCELoss(reduction="none")
        self.alpha, self.beta = alpha, beta

    def __call__(self, preds, batch):
        loss = torch.zeros(2)
        pred_scores, pred_dist = preds[..., :3], preds[..., 3:]
        target_scores, teacher_scores = batch["scores"], batch["teacher"]
        target_scores_sum = max(target_scores.sum(), 1)
        loss[0] = (pred_dist - batch["boxes"]).abs().mean()
        if teacher_scores.shape == pred_scores.shape:
            student = torch.sigmoid(pred_scores.detach())
            loss_distillation = self.soft(student, teacher_scores).sum()
            loss_student = self.bce(pred_scores, target_scores).sum() / target_scores_sum
            loss[1] = self.alpha * loss_distillation + self.beta * loss_student
        else:
            loss[1] = self.bce(pred_scores, target_scores).sum() / target_scores_sum
        return loss.sum() * preds.shape[0], loss.detach()
