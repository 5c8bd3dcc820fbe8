import math
import torch


def box_iou_loss(pred, gt, eps=1e-7):
    lt = torch.max(pred[:, :2], gt[:, :2])
    rb = torch.min(pred[:, 2:], gt[:, 2:])
    wh = (rb - lt).clamp(min=0)
    inter = wh[:, 0] * wh[:, 1]
    wp, hp = (pred[:, 2:] - pred[:, :2]).unbind(1)
    wg, hg = (gt[:, 2:] - gt[:, :2]).unbind(1)
    iou = inter / (wp * hp + wg * hg - inter + eps)
    v = 4 / math.pi ** 2 * (torch.atan(wg / (hg + eps)) - torch.atan(wp / (hp + eps))) ** 2
    with torch.no_grad():
        alpha = (iou > 0.5).float() * v / (1 - iou + v + eps)
    return (1 - iou + alpha * v).mean()
