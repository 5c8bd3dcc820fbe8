import torch
from torch import nn
import torch.nn.functional as F


class Callback:
    def on_forward(self, runner):
        pass


class OutputMover(Callback):
    """Keeps what the model gave on the host, so that metrics can look at it."""

    def on_forward(self, runner):
        runner.output = {k: v.detach().cpu() for k, v in runner.output.items()}


class Runner:
    def __init__(self, model, callbacks=()):
        self.model = model
        self.callbacks = list(callbacks)
        self.output = None

    def _fire(self, event):
        for callback in self.callbacks:
            getattr(callback, event)(self)

    def run_batch(self, batch):
        self.output = {"logits": self.model(batch["x"])}
        self._fire("on_forward")
        self.loss = F.cross_entropy(self.output["logits"], batch["y"])
        return self.loss


def make_runner():
    return Runner(nn.Linear(4, 3), [OutputMover()])
