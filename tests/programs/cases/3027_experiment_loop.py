import torch
from torch import nn
import torch.nn.functional as F


class Experiment:
    def __init__(self, eval_every=100):
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
        self.eval_every = eval_every
        self.global_step = 0
        self.best = float("inf")

    def validate(self, val_loader):
        self.net.eval()
        torch.set_grad_enabled(False)
        scores = [F.l1_loss(self.net(x), y).item() for x, y in val_loader]
        if not scores:
            self.net.train()
            return self.best
        self.best = min(self.best, sum(scores) / len(scores))
        torch.set_grad_enabled(True)
        self.net.train()
        return self.best

    def train_batch(self, x, y, val_loader):
        if self.global_step % self.eval_every == 0:
            self.validate(val_loader)
        self.global_step += 1
        return F.mse_loss(self.net(x), y)
