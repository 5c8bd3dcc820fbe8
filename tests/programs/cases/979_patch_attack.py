import torch
import torch.nn.functional as F


class PatchAttack:
    def __init__(self, eps=8 / 255, shape=(3, 6, 6)):
        delta = torch.empty(shape, requires_grad=True)
        self.delta = torch.rand_like(delta, requires_grad=True).mul(2 * eps).sub(eps)
        self.eps = eps

    def loss(self, victim, x, y):
        adv = (x + self.delta).clamp(0, 1)
        return -F.cross_entropy(victim(adv.flatten(1)), y)

    def step(self, victim, x, y, lr=0.01):
        self.loss(victim, x, y).backward()
        self.delta.data -= lr * self.delta.grad.sign()
