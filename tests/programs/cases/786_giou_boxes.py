import torch


def area(b):
    return (b[:, 2] - b[:, 0]).clamp(min=0) * (b[:, 3] - b[:, 1]).clamp(min=0)


def giou_loss(boxes, gt, eps=1e-7):
    lt = torch.max(boxes[:, :2], gt[:, :2])
    rb = torch.min(boxes[:, 2:], gt[:, 2:])
    wh = (rb - lt).clamp(min=0)
    inter = wh[:, 0] * wh[:, 1]
    union = area(boxes) + area(gt) - inter + eps
    hull = (torch.max(boxes[:, 2:], gt[:, 2:]) - torch.min(boxes[:, :2], gt[:, :2])).prod(1) + eps
    return (1 - inter / union + (hull - union) / hull).mean()
