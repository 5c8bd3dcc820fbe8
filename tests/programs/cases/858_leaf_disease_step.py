import numpy as np
from torch import nn
import torch.nn.functional as F


class LeafTrainer:
    def __init__(self):
        self.model = nn.Linear(6, 4)
        self.seen, self.log = np.zeros((4, 4), dtype=int), {}

    def step(self, leaf, disease):
        logits = self.model(leaf)
        loss = F.cross_entropy(logits, disease)
        guess = logits.detach().argmax(1).cpu().numpy()
        np.add.at(self.seen, (disease.numpy(), guess), 1)
        tp = self.seen.diagonal()
        f1 = 2 * tp / np.maximum(self.seen.sum(0) + self.seen.sum(1), 1)
        confident = (logits.softmax(1).max(1).values > 0.9).float().mean()
        self.log = {"loss": float(loss), "f1": f1.mean(), "confident": confident.item()}
        if not np.isfinite(self.log["loss"]):
            raise FloatingPointError("loss is not finite")
        return loss
