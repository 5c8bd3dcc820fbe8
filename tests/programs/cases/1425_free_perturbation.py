import torch
import torch.nn.functional as F


def perturbed_loss(net, embeds, y, steps=2, lr=0.1, limit=0.5):
    delta = torch.zeros_like(embeds).uniform_(-1, 1) * 0.01
    total = 0.0
    for step in range(steps):
        delta.requires_grad_()
        loss = F.cross_entropy(net(embeds.detach() + delta), y) / steps
        total = total + loss
        grad = torch.autograd.grad(loss, delta, retain_graph=True)[0].clone().detach()
        scale = torch.clamp(grad.flatten(1).norm(dim=1), min=1e-8).view(-1, 1)
        delta = (delta + lr * grad / scale).detach()
        length = delta.flatten(1).norm(dim=1).detach()
        shrink = torch.where(length > limit, limit / length, torch.ones_like(length))
        delta = (delta * shrink.view(-1, 1)).detach()
    return total
