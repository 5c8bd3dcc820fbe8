import torch
from torch import nn
import torch.nn.functional as F


class ReliefModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(5, 3)
        self.history = {"loss": [], "top1": [], "confusion": torch.zeros(3, 3)}

    def log_metrics(self, logits, y, loss):
        guess = logits.detach().argmax(dim=-1)
        for t, g in zip(y.tolist(), guess.tolist()):
            self.history["confusion"][t, g] += 1
        self.history["loss"].append(float(loss))
        self.history["top1"].append((guess == y).double().mean().item())

    def training_step(self, batch, batch_idx=0):
        x, y = batch["map"], batch["kind"]
        logits = self.head(x)
        loss = F.cross_entropy(logits, y, label_smoothing=0.05)
        self.log_metrics(logits, y, loss)
        return loss
