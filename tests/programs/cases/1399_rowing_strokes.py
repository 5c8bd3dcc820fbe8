import torch
import torch.nn.functional as F


def stroke_count(period, within):
    """Each frame that lies within a stroke counts for one part of its period."""
    per_frame = (within > 0) / (period + 1e-1)
    return per_frame.sum(dim=1)


def stroke_loss(period, within, true_period, true_within):
    pred = stroke_count(period, within)
    true = stroke_count(true_period, true_within)
    return F.l1_loss(pred, true) / true_period.shape[1]
