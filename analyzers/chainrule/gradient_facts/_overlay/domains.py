"""PyTorch's own domain libraries: torchvision's box operators, and the scores of torchmetrics."""

from __future__ import annotations

from chainrule.gradient_facts._overlay.fact import Fact
from chainrule.gradient_facts.operators import Reason

_BOXES = "torch.cat([m[:, :2], m[:, :2] + m[:, 2:]], 1)"
_OPS = "torchvision.ops."
_PAIRWISE = (
    "box_iou",
    "generalized_box_iou",
    "complete_box_iou",
    "distance_box_iou",
)
_BOX_LOSSES = ("generalized_box_iou_loss", "complete_box_iou_loss", "distance_box_iou_loss")

_VISION: dict[str, Fact] = {
    f"{_OPS}remove_small_boxes": Fact(
        "boxes:c min_size > keep:ci > overlay",
        f"torchvision.ops.remove_small_boxes({_BOXES}, 0.1)",
        Reason.INDEX,
    ),
    f"{_OPS}box_area": Fact("boxes:fs > area:f > overlay", f"torchvision.ops.box_area({_BOXES})"),
    f"{_OPS}box_convert": Fact(
        "boxes:f in_fmt out_fmt > boxes:f > overlay",
        f"torchvision.ops.box_convert({_BOXES}, 'xyxy', 'cxcywh')",
    ),
    f"{_OPS}clip_boxes_to_image": Fact(
        "boxes:fs size > boxes:f > overlay", f"torchvision.ops.clip_boxes_to_image({_BOXES}, (4, 4))"
    ),
    f"{_OPS}masks_to_boxes": Fact(
        "masks:c > boxes:c > overlay", "torchvision.ops.masks_to_boxes(image[0])", Reason.NONDIFFERENTIABLE
    ),
    f"{_OPS}sigmoid_focal_loss": Fact(
        "inputs:fs targets:fs alpha gamma reduction > loss:f > overlay",
        "torchvision.ops.sigmoid_focal_loss(x, y, reduction='mean')",
    ),
    **{
        f"{_OPS}{name}": Fact(
            "boxes1:fs boxes2:fs eps > iou:f > overlay", f"torchvision.ops.{name}({_BOXES}, {_BOXES} + 0.1)"
        )
        for name in _PAIRWISE
    },
    **{
        f"{_OPS}{name}": Fact(
            "boxes1:fs boxes2:fs reduction eps > loss:f > overlay",
            f"torchvision.ops.{name}({_BOXES}, {_BOXES} + 0.1)",
        )
        for name in _BOX_LOSSES
    },
}
# Scores that count agreement: a step function of the predictions.
_SCORES = {
    "accuracy": "binary",
    "f1_score": "binary",
    "fbeta_score": "binary",
    "precision": "binary",
    "recall": "binary",
    "specificity": "binary",
    "jaccard_index": "binary",
    "auroc": "binary",
    "average_precision": "binary",
    "cohen_kappa": "binary",
    "matthews_corrcoef": "binary",
    "hamming_distance": "binary",
    "confusion_matrix": "binary",
}
_METRICS: dict[str, Fact] = {
    f"torchmetrics.functional.{name}": Fact(
        "preds:c target:c * task > score:c > overlay",
        f"torchmetrics.functional.{name}(x, torch.tensor([0, 1, 1, 0]), task='{task}'"
        f"{', beta=1.0' if name == 'fbeta_score' else ''})",
        Reason.NONDIFFERENTIABLE,
    )
    for name, task in _SCORES.items()
}

FACTS: dict[str, Fact] = _VISION | _METRICS
