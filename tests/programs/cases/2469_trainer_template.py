from abc import ABC, abstractmethod

import torch
from torch import nn
import torch.nn.functional as F


class BaseTrainer(ABC):
    def __init__(self, model, lr=0.1):
        self.model = model
        self.opt = torch.optim.SGD(model.parameters(), lr=lr)
        self.meters = {}

    @abstractmethod
    def compute_losses(self, batch):
        ...

    def weighted(self, losses):
        self.meters.update({k: v.item() for k, v in losses.items()})
        return sum(self.weights[k] * self.meters[k] for k in losses)

    def step(self, batch):
        self.opt.zero_grad()
        loss = self.weighted(self.compute_losses(batch))
        return self.finish(loss)

    def finish(self, loss):
        if loss.requires_grad:
            loss.backward(retain_graph=True)
            self.opt.step()
        return loss


class SegTrainer(BaseTrainer):
    weights = {"ce": 1.0, "tv": 0.1}

    def compute_losses(self, batch):
        img, mask = batch
        out = self.model(img)
        tv = (out[:, 1:] - out[:, :-1]).abs().mean()
        return {"ce": F.binary_cross_entropy_with_logits(out, mask), "tv": tv}
