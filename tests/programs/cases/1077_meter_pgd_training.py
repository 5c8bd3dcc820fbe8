import torch
import torch.nn.functional as F


def pgd(model, x, y, eps=0.1, step=0.03, iters=3):
    delta = torch.zeros_like(x, requires_grad=True)
    delta.data.uniform_(-eps, eps)
    for _ in range(iters):
        loss = F.cross_entropy(model(x + delta), y)
        loss.backward()
        delta.data = (delta + step * delta.grad.detach().sign()).clamp(-eps, eps)
        delta.data = (x + delta.data).clamp(0, 1) - x
        delta.grad.zero_()
    return delta.detach()


def robust_loss(model, x, y, beta=6.0):
    model.eval()
    delta = pgd(model, x, y)
    model.train()
    model.zero_grad()
    clean = model(x)
    natural = F.cross_entropy(clean, y)
    robust = F.kl_div(F.log_softmax(model(x + delta), 1), F.softmax(clean, 1), reduction="batchmean")
    return natural + beta * robust
