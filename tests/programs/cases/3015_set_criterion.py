import torch
from torch import nn
import torch.nn.functional as F


class SetCriterion(nn.Module):
    """Classification and box terms on every decoder layer."""

    def __init__(self, weight_dict=None):
        super().__init__()
        self.weight_dict = weight_dict or {"loss_ce": 1.0, "loss_bbox": 5.0}

    def loss_labels(self, out, target):
        return {"loss_ce": F.cross_entropy(out["logits"], target["cls"])}

    def loss_boxes(self, out, target):
        return {"loss_bbox": F.l1_loss(out["boxes"], target["box"])}

    def get_loss(self, name, out, target):
        table = {"labels": self.loss_labels, "boxes": self.loss_boxes}
        return table[name](out, target)

    def weight(self, key):
        return self.weight_dict[key.rsplit("/", 1)[0]]

    def forward(self, outputs, target):
        losses = {}
        for i, layer in enumerate(outputs["layers"]):
            for name in ("labels", "boxes"):
                l_dict = self.get_loss(name, layer, target)
                losses.update(l_dict)
        return sum(self.weight(k) * v for k, v in losses.items())
