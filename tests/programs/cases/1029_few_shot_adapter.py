import torch
from torch import nn
import torch.nn.functional as F


class Learner(nn.Module):
    def __init__(self, update_lr=0.1, update_step=2):
        super().__init__()
        self.update_lr, self.update_step = update_lr, update_step
        self.vars = nn.ParameterList([
            nn.Parameter(torch.randn(6, 4) * 0.3), nn.Parameter(torch.zeros(6)),
            nn.Parameter(torch.randn(3, 6) * 0.3), nn.Parameter(torch.zeros(3)),
        ])

    def forward(self, x, vars=None):
        w1, b1, w2, b2 = self.vars if vars is None else vars
        return F.linear(torch.tanh(F.linear(x, w1, b1)), w2, b2)

    def outer(self, x_spt, y_spt, x_qry, y_qry):
        losses_q, corrects = [0 for _ in range(self.update_step + 1)], 0
        for i in range(len(x_spt)):
            fast_weights = list(self.vars)
            for k in range(self.update_step):
                loss = F.cross_entropy(self(x_spt[i], fast_weights), y_spt[i])
                grad = torch.autograd.grad(loss, fast_weights, create_graph=True)
                fast_weights = list(map(lambda p: p[1] - self.update_lr * p[0], zip(grad, fast_weights)))
                logits_q = self(x_qry[i], fast_weights)
                losses_q[k + 1] += F.cross_entropy(logits_q, y_qry[i])
                with torch.no_grad():
                    pred_q = F.softmax(logits_q, dim=1).argmax(dim=1)
                    corrects += torch.eq(pred_q, y_qry[i]).sum().item()
        self.accuracy = corrects / (len(x_qry) * y_qry.size(1) * self.update_step)
        return losses_q[-1] / len(x_spt)
