import torch
import torch.nn as nn
import torch.nn.functional as F


class AddAuxiliaryLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, loss):
        assert loss.numel() == 1
        ctx.dtype = loss.dtype
        ctx.required_aux_loss = loss.requires_grad
        return x

    @staticmethod
    def backward(ctx, grad_output):
        grad_loss = None
        if ctx.required_aux_loss:
            grad_loss = torch.ones((), dtype=ctx.dtype, device=grad_output.device)
        return grad_output, grad_loss


class MoELayer(nn.Module):
    def __init__(self, dim=4, n=3, alpha=0.01):
        super().__init__()
        self.gate = nn.Linear(dim, n, bias=False)
        self.experts = nn.ModuleList(nn.Linear(dim, dim) for _ in range(n))
        self.alpha, self.n = alpha, n

    def forward(self, x):
        scores = self.gate(x).softmax(dim=-1)
        weight, idx = torch.topk(scores, k=2, dim=-1, sorted=False)
        ce = F.one_hot(idx.view(-1), num_classes=self.n).float().mean(0)
        aux_loss = (scores.mean(0) * ce * self.n).sum() * self.alpha
        every = torch.stack([e(x) for e in self.experts], dim=1)
        picked = every.gather(1, idx.unsqueeze(-1).expand(-1, -1, x.shape[-1]))
        y = (picked * weight.unsqueeze(-1)).sum(dim=1)
        return AddAuxiliaryLoss.apply(y, aux_loss)

    def loss(self, x, y):
        return F.mse_loss(self(x), y)
