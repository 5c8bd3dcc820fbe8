import torch
from torch import nn
import torch.nn.functional as F


class ArchiveEWC:
    def __init__(self, dataset, importance=100.0):
        self.model = nn.Linear(5, 3)
        self.importance = importance
        self.params = {n: p for n, p in self.model.named_parameters() if p.requires_grad}
        self._means = {n: p.clone().detach() for n, p in self.params.items()}
        self._precision = self._diag_fisher(dataset)

    def _diag_fisher(self, dataset):
        precision = {n: torch.zeros_like(p) for n, p in self.params.items()}
        self.model.eval()
        for x in dataset:
            self.model.zero_grad()
            output = self.model(x).view(1, -1)
            label = output.max(1)[1].view(-1)
            F.nll_loss(F.log_softmax(output, dim=1), label).backward()
            for n, p in self.params.items():
                precision[n].data += p.grad.data ** 2 / len(dataset)
        self.model.train()
        self.model.zero_grad()
        return {n: p.detach() for n, p in precision.items()}

    def penalty(self):
        loss = 0
        for n, p in self.model.named_parameters():
            loss += (self._precision[n] * (p - self._means[n]) ** 2).sum()
        return loss

    def loss(self, x, y):
        ce = F.cross_entropy(self.model(x), y)
        return ce + self.importance * self.penalty()
