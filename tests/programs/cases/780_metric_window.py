from collections import deque

import torch
from torch import nn
import torch.nn.functional as F


class Monitor:
    def __init__(self, model, window=5):
        self.model = model
        self.losses = deque(maxlen=window)
        self.best = None

    def training_step(self, batch):
        x, y = batch
        logits = self.model(x)
        loss = F.cross_entropy(logits, y)
        self.losses.append(loss.detach())
        smooth = torch.stack(tuple(self.losses)).mean().item()
        if self.best is None or smooth < self.best:
            self.best = smooth
        hits = torch.topk(logits.data, 2, dim=1).indices.eq(y[:, None]).any(1)
        return {"loss": loss, "top2": hits.float().mean(), "smooth": smooth}
