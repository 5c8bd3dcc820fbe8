import logging

import torch
import torch.nn.functional as F

log = logging.getLogger(__name__)


class Trainer:
    def __init__(self, model=None):
        self.model = model if model is not None else torch.nn.Linear(5, 2)

    def accuracy(self, logits, y):
        return int((logits.argmax(1) == y).sum()) / len(y)

    def evaluate(self, val):
        # disable gradients to save memory
        torch.set_grad_enabled(False)
        self.model.eval()
        accs = [self.accuracy(self.model(x), y) for x, y in val]
        self.model.train()
        torch.set_grad_enabled(True)
        return sum(accs) / len(accs)

    def sanity_check(self, val):
        try:
            return self.evaluate(val)
        except ZeroDivisionError:
            log.warning("sanity check skipped: empty validation batch")
            return None

    def fit_epoch(self, train, val):
        self.sanity_check(val)
        total = 0.0
        for x, y in train:
            total = total + F.cross_entropy(self.model(x), y)
        return total / len(train)
