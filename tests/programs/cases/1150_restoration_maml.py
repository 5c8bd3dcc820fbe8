import torch
from torch import nn
from torch.func import functional_call
import torch.nn.functional as F


class MetaRestorer(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Conv1d(1, 1, 3, padding=1)
        self.log_lr = nn.Parameter(torch.tensor(-2.0))

    def adapted(self, noisy, clean):
        weights = dict(self.net.named_parameters())
        loss = F.l1_loss(functional_call(self.net, weights, (noisy,)), clean)
        grads = torch.autograd.grad(loss, tuple(weights.values()), allow_unused=True)
        lr = self.log_lr.exp().item()
        return {k: w if g is None else w - lr * g for (k, w), g in zip(weights.items(), grads)}

    def meta_loss(self, support, query):
        fast = self.adapted(*support)
        return F.l1_loss(functional_call(self.net, fast, (query[0],)), query[1])
