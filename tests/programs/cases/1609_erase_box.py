import torch
import torch.nn as nn
import torch.nn.functional as F


def bbox_to_mask(boxes, width, height):
    """boxes: B x 4 as x1, y1, x2, y2 in pixels"""
    xs = torch.arange(width).view(1, 1, width)
    ys = torch.arange(height).view(1, height, 1)
    x1, y1, x2, y2 = (b.view(-1, 1, 1) for b in boxes.unbind(dim=1))
    inside = (xs >= x1) & (xs <= x2) & (ys >= y1) & (ys <= y2)
    return inside.float()


class RandomErasingLearner(nn.Module):
    def __init__(self):
        super().__init__()
        self.box = nn.Linear(3, 4)
        self.classifier = nn.Linear(64, 2)

    def loss(self, images, labels):
        stats = images.mean(dim=(2, 3))
        boxes = torch.sigmoid(self.box(stats)) * 8
        mask = bbox_to_mask(boxes, 8, 8).unsqueeze(1)
        erased = images * (1 - mask)
        logits = self.classifier(erased.mean(1).flatten(1))
        return -F.cross_entropy(logits, labels)
