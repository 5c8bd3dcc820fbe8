import torch
from torch import nn


class PestLoss(nn.Module):
    def forward(self, classifications, regressions, annotations):
        cls_losses, reg_losses = [], []
        for scores, deltas, boxes in zip(classifications, regressions, annotations):
            scores = scores.clamp(1e-4, 1 - 1e-4)
            boxes = boxes[boxes[:, 4] != -1]
            if boxes.shape[0] == 0:
                cls_losses.append(-(0.75 * scores ** 2 * torch.log(1 - scores)).sum())
                reg_losses.append(deltas.sum() * 0)
                continue
            hit = torch.zeros_like(scores, dtype=torch.bool)
            hit[torch.arange(len(boxes)), boxes[:, 4].long()] = True
            pt = torch.where(hit, scores, 1 - scores)
            cls_losses.append((-(1 - pt) ** 2 * pt.log()).sum() / len(boxes))
            reg_losses.append((deltas[: len(boxes)] - boxes[:, :4]).abs().mean())
        return torch.stack(cls_losses).mean() + torch.stack(reg_losses).mean()
