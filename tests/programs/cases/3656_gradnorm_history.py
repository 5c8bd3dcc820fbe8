import torch
from torch import nn
import torch.nn.functional as F


class LossTracker:
    """Remembers the smoothed size of each task's loss."""

    def __init__(self, n_tasks, alpha=0.9):
        self.avg = [None] * n_tasks
        self.alpha = alpha

    def observe(self, losses):
        for i, loss in enumerate(losses):
            if self.avg[i] is None:
                self.avg[i] = loss
            else:
                self.avg[i] = self.alpha * self.avg[i] + (1 - self.alpha) * loss
        return self.avg


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Linear(4, 8)
        self.heads = nn.ModuleList([nn.Linear(8, 1), nn.Linear(8, 1)])
        self.tracker = LossTracker(2)

    def loss(self, x, y1, y2):
        h = torch.relu(self.trunk(x))
        losses = [F.mse_loss(head(h), y) for head, y in zip(self.heads, (y1, y2))]
        scale = self.tracker.observe(losses)
        return sum(l / (s + 1e-8) for l, s in zip(losses, scale))
