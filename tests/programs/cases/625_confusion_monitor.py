import torch
from torch import nn
import torch.nn.functional as F


class Fitter(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.net = nn.Linear(4, classes)
        self.register_buffer("confusion", torch.zeros(classes, classes))

    def training_step(self, batch, batch_idx=0):
        x, y = batch
        logits = self.net(x)
        guess = logits.argmax(1)
        self.confusion.index_put_((y, guess), torch.ones(len(y)), accumulate=True)
        hist = torch.histc(logits, bins=4)
        self.last = {"acc": (guess == y).float().mean().item(), "peak": int(hist.argmax())}
        return F.cross_entropy(logits, y)
