import torch
from torch import nn


def box_iou(a, b):
    lo = torch.maximum(a[:, None, :2], b[None, :, :2])
    hi = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = (hi - lo).clamp(min=0).prod(-1)
    area_a, area_b = (x[:, 2:].sub(x[:, :2]).prod(-1) for x in (a, b))
    return inter / (area_a[:, None] + area_b[None] - inter)


class ProposalRefiner(nn.Module):
    def __init__(self, width=6):
        super().__init__()
        self.delta = nn.Linear(width, 4)
        nn.init.normal_(self.delta.weight, std=0.01)

    @staticmethod
    def suppress(boxes, objectness, overlap=0.7):
        keep, order = [], objectness.argsort(descending=True).tolist()
        iou = box_iou(boxes, boxes)
        for i in order:
            if all(iou[i, j] <= overlap for j in keep):
                keep.append(i)
        return keep

    def box_cost(self, roi, anchors, objectness, truth):
        boxes = anchors + self.delta(roi)
        keep = self.suppress(boxes.detach(), objectness)
        iou = box_iou(boxes[keep], truth)
        quality, _ = iou.max(dim=0)
        return (1 - quality).sum()
