import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))
loss_fn = nn.CrossEntropyLoss(reduction="sum")


class OneStepAttack:
    def __init__(self, predict, eps=0.3, clip_min=0.0, clip_max=1.0):
        self.predict, self.eps = predict, eps
        self.clip_min, self.clip_max = clip_min, clip_max

    def perturb(self, x, y):
        xadv = x.detach().clone().requires_grad_()
        loss = loss_fn(self.predict(xadv), y)
        loss.backward()
        grad_sign = xadv.grad.detach().sign()
        xadv = xadv + self.eps * grad_sign
        xadv = torch.clamp(xadv, self.clip_min, self.clip_max)
        return xadv


signs, label = torch.rand(4, 6), torch.randint(0, 3, (4,))
attack = OneStepAttack(model)
x_adv = attack.perturb(signs, label)
x_adv.requires_grad_(True)
loss = loss_fn(model(x_adv), label)
loss.backward()
sensitivity = x_adv.grad.clone()
print(sensitivity.abs().mean())
