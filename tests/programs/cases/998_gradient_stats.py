import math
import torch


class Fit:
    def __init__(self, n=4):
        self.w = torch.randn(n, requires_grad=True)
        self.trace = []

    def report(self, loss, pred, y):
        r2 = 1 - ((pred - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()
        self.trace.append((math.sqrt(loss.item()), float(r2), int((pred.round() == y.round()).sum())))

    def loss(self, x, y):
        pred = x @ self.w
        loss = (pred - y).pow(2).mean()
        with torch.no_grad():
            self.report(loss, pred, y)
        return loss
