import torch
import torch.nn as nn
import torch.nn.functional as F


class GridDetector(nn.Module):
    """one anchor per cell, 4x4 grid"""

    def __init__(self, c=6):
        super().__init__()
        self.stem = nn.Conv2d(3, c, 3, stride=2, padding=1)
        self.box = nn.Conv2d(c, 4, 1)
        self.obj = nn.Conv2d(c, 1, 1)

    def forward(self, x):
        z = F.silu(self.stem(x))
        return self.box(z).permute(0, 2, 3, 1), self.obj(z).squeeze(1)


def iou(a, b, eps=1e-7):
    lt = torch.maximum(a[:, :2], b[:, :2])
    rb = torch.minimum(a[:, 2:], b[:, 2:])
    wh = (rb - lt).clamp(min=0)
    inter = wh[:, 0] * wh[:, 1]
    area = lambda t: (t[:, 2] - t[:, 0]).clamp(min=0) * (t[:, 3] - t[:, 1]).clamp(min=0)
    return inter / (area(a) + area(b) - inter + eps)


def detection_loss(box, obj, has_obj, gt_box):
    pos = has_obj > 0
    if pos.sum() == 0:
        return torch.tensor(0.0, requires_grad=True), {"iou": 0.0}
    l_obj = F.binary_cross_entropy_with_logits(obj, has_obj)
    l_box = F.l1_loss(box[pos], gt_box[pos])
    with torch.no_grad():
        quality = iou(box[pos], gt_box[pos]).mean().item()
    return l_obj + 2.0 * l_box, {"iou": quality}


def train(model, loader, epochs=1):
    opt = torch.optim.SGD(model.parameters(), lr=1e-2, momentum=0.9, weight_decay=5e-4)
    sched = torch.optim.lr_scheduler.MultiStepLR(opt, milestones=[8, 11])
    meter = {"loss": [], "iou": []}
    for _ in range(epochs):
        model.train()
        for image, has_obj, gt_box in loader:
            box, obj = model(image)
            loss, stats = detection_loss(box, obj, has_obj, gt_box)
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 10.0)
            opt.step()
            meter["loss"].append(loss.item())
            meter["iou"].append(stats["iou"])
        sched.step()
    return meter
