import torch
import torch.nn as nn
import torch.nn.functional as F
from scipy.optimize import linear_sum_assignment


class HungarianMatcher(nn.Module):
    @torch.no_grad()
    def forward(self, logits, boxes, targets):
        indices = []
        for b, tgt in enumerate(targets):
            prob = logits[b].softmax(-1)
            cost = -prob[:, tgt["labels"]] + 5 * torch.cdist(boxes[b], tgt["boxes"], p=1)
            i, j = linear_sum_assignment(cost.cpu().numpy())
            indices.append((torch.as_tensor(i, dtype=torch.int64), torch.as_tensor(j, dtype=torch.int64)))
        return indices


class SetCriterion(nn.Module):
    def __init__(self, num_classes=3, eos_coef=0.1):
        super().__init__()
        self.num_classes = num_classes
        self.matcher = HungarianMatcher()
        weight = torch.ones(num_classes + 1)
        weight[-1] = eos_coef
        self.register_buffer("empty_weight", weight)

    def forward(self, pred_logits, pred_boxes, targets):
        indices = self.matcher(pred_logits, pred_boxes, targets)
        batch_idx = torch.cat([torch.full_like(i, b) for b, (i, _) in enumerate(indices)])
        src_idx = torch.cat([i for i, _ in indices])
        matched = torch.cat([t["labels"][j] for t, (_, j) in zip(targets, indices)])
        classes = torch.full(pred_logits.shape[:2], self.num_classes, dtype=torch.int64)
        classes[batch_idx, src_idx] = matched
        loss_ce = F.cross_entropy(pred_logits.transpose(1, 2), classes, self.empty_weight)

        tgt_boxes = torch.cat([t["boxes"][j] for t, (_, j) in zip(targets, indices)])
        loss_bbox = F.l1_loss(pred_boxes[batch_idx, src_idx], tgt_boxes, reduction="sum") / len(matched)
        self.last_error = 100 - (pred_logits[batch_idx, src_idx].argmax(-1) == matched).float().mean() * 100
        return loss_ce + 5 * loss_bbox
