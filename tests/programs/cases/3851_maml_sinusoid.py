import copy
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.func import functional_call


class MAML(nn.Module):
    def __init__(self, inner_lr=0.01, inner_steps=2):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 40), nn.ReLU(), nn.Linear(40, 1))
        self.inner_lr = inner_lr
        self.inner_steps = inner_steps

    def predict(self, weights, x):
        return functional_call(self.net, weights, (x,))

    def adapt(self, x, y):
        fast = {k: copy.deepcopy(w) for k, w in self.net.named_parameters()}
        for _ in range(self.inner_steps):
            loss = F.mse_loss(self.predict(fast, x), y)
            grads = torch.autograd.grad(loss, list(fast.values()), create_graph=True)
            fast = {k: w - self.inner_lr * g for (k, w), g in zip(fast.items(), grads)}
        return fast

    def meta_loss(self, tasks):
        losses = []
        for x_spt, y_spt, x_qry, y_qry in tasks:
            fast = self.adapt(x_spt, y_spt)
            losses.append(F.mse_loss(self.predict(fast, x_qry), y_qry))
        return torch.stack(losses).mean()


def outer_step(maml, optimizer, tasks):
    optimizer.zero_grad()
    loss = maml.meta_loss(tasks)
    loss.backward()
    optimizer.step()
    return loss.item()
