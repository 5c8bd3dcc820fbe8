import torch
from torch import nn
from torch.nn import functional as F


class Meta(nn.Module):
    """First-order MAML: the derivative of the inner step is taken for a constant, and that is meant."""

    def __init__(self, update_lr=0.1, update_step=3):
        super(Meta, self).__init__()
        self.w = nn.Parameter(torch.randn(3, 4) * 0.1)
        self.b = nn.Parameter(torch.zeros(3))
        self.update_lr, self.update_step = update_lr, update_step

    def net(self, x, vars):
        return F.linear(x, vars[0], vars[1])

    def forward(self, x_spt, y_spt, x_qry, y_qry):
        fast_weights = list(self.parameters())
        losses_q = []
        for k in range(self.update_step):
            loss = F.cross_entropy(self.net(x_spt, fast_weights), y_spt)
            grad = torch.autograd.grad(loss, fast_weights)
            fast_weights = list(map(lambda p: p[1] - self.update_lr * p[0], zip(grad, fast_weights)))
            losses_q.append(F.cross_entropy(self.net(x_qry, fast_weights), y_qry))
        return losses_q[-1]
