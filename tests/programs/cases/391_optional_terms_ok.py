"""Terms that may not apply to a batch still end in the graph."""

import torch
import torch.nn.functional as F


class LaneLoss:
    def __init__(self, weights=None):
        self.weights = {"existence": 1.0, "position": 2.0, "curvature": 0.1} | (weights or {})
        self.history = {name: [] for name in self.weights}

    def existence(self, lanes, visible, offsets):
        return F.binary_cross_entropy_with_logits(lanes[..., 0], visible.float())

    def position(self, lanes, visible, offsets):
        if not visible.any():
            return lanes.sum() * 0.0
        return F.smooth_l1_loss(lanes[..., 1:][visible], offsets[visible])

    def curvature(self, lanes, visible, offsets):
        bend = lanes[..., 1:].diff(n=2, dim=-1).square().mean(-1)
        count = max(1, int(visible.sum()))
        return (bend * visible).sum() / count

    def total(self, lanes, visible, offsets):
        total = torch.zeros((), dtype=lanes.dtype)
        for name, weight in self.weights.items():
            term = getattr(self, name)(lanes, visible, offsets)
            self.history[name].append(term.detach())
            if torch.isnan(term):
                continue
            total = total + weight * term
        return total
