import math
import torch


def bbox_iou(box1, box2, eps=1e-7):
    (x1, y1, w1, h1), (x2, y2, w2, h2) = box1.chunk(4, 1), box2.chunk(4, 1)
    iw = torch.min(x1 + w1 / 2, x2 + w2 / 2) - torch.max(x1 - w1 / 2, x2 - w2 / 2)
    ih = torch.min(y1 + h1 / 2, y2 + h2 / 2) - torch.max(y1 - h1 / 2, y2 - h2 / 2)
    inter = iw.clamp(0) * ih.clamp(0)
    iou = inter / (w1 * h1 + w2 * h2 - inter + eps)
    v = (4 / math.pi ** 2) * torch.pow(torch.atan(w2 / h2) - torch.atan(w1 / h1), 2)
    with torch.no_grad():
        alpha = v / (v - iou + (1 + eps))
    return iou - v * alpha


class ComputeBoxLoss:
    def __init__(self, anchors):
        self.anchors = anchors

    def __call__(self, p, tbox):
        pxy = p[:, :2].sigmoid() * 2 - 0.5
        pwh = (p[:, 2:4].sigmoid() * 2) ** 2 * self.anchors
        pbox = torch.cat((pxy, pwh), 1)
        iou = bbox_iou(pbox, tbox).squeeze(1)
        return (1.0 - iou).mean()
