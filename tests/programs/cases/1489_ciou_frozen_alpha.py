import math

import torch


def ciou(bboxes1, bboxes2):
    w1 = torch.exp(bboxes1[:, 2])
    h1 = torch.exp(bboxes1[:, 3])
    w2 = torch.exp(bboxes2[:, 2])
    h2 = torch.exp(bboxes2[:, 3])
    area1, area2 = w1 * h1, w2 * h2
    cx1, cy1, cx2, cy2 = bboxes1[:, 0], bboxes1[:, 1], bboxes2[:, 0], bboxes2[:, 1]

    inter_l = torch.max(cx1 - w1 / 2, cx2 - w2 / 2)
    inter_r = torch.min(cx1 + w1 / 2, cx2 + w2 / 2)
    inter_t = torch.max(cy1 - h1 / 2, cy2 - h2 / 2)
    inter_b = torch.min(cy1 + h1 / 2, cy2 + h2 / 2)
    inter = torch.clamp(inter_r - inter_l, min=0) * torch.clamp(inter_b - inter_t, min=0)

    c_l = torch.min(cx1 - w1 / 2, cx2 - w2 / 2)
    c_r = torch.max(cx1 + w1 / 2, cx2 + w2 / 2)
    diag = (c_r - c_l) ** 2 + 1e-9
    u = ((cx2 - cx1) ** 2 + (cy2 - cy1) ** 2) / diag
    iou = inter / (area1 + area2 - inter)
    v = (4 / math.pi ** 2) * (torch.atan(w2 / h2) - torch.atan(w1 / h1)) ** 2
    with torch.no_grad():
        S = (iou > 0.5).float()
        alpha = S * v / (1 - iou + v)
    return torch.sum(1 - torch.clamp(iou - u - alpha * v, min=-1.0, max=1.0))
