import torch
import torch.nn as nn


class GradNorm:
    def __init__(self, alpha=0.12):
        self.trunk = nn.Linear(4, 5)
        self.heads = nn.ModuleList([nn.Linear(5, 1), nn.Linear(5, 1)])
        self.weights = nn.Parameter(torch.ones(2))
        self.alpha = alpha
        self.initial = None
        self.mse = nn.MSELoss()

    def task_losses(self, x, ts):
        h = torch.relu(self.trunk(x))
        return torch.stack([self.mse(head(h), t) for head, t in zip(self.heads, ts)])

    def step(self, x, ts):
        task_loss = self.task_losses(x, ts)
        if self.initial is None:
            self.initial = task_loss.detach()
        norms = []
        for i in range(len(task_loss)):
            weighted = self.weights[i] * task_loss[i]
            gygw = torch.autograd.grad(weighted, self.trunk.weight, retain_graph=True)
            norms.append(torch.norm(gygw[0]))
        norms = torch.stack(norms)
        loss_ratio = task_loss.detach() / self.initial
        inverse_train_rate = loss_ratio / loss_ratio.mean()
        constant = norms.mean().detach() * inverse_train_rate ** self.alpha
        grad_norm_loss = (norms - constant).abs().sum()
        return grad_norm_loss
