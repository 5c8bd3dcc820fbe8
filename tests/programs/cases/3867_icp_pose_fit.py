import math

import torch

torch.set_printoptions(precision=4)


def rot2d(angle):
    c, s = torch.cos(angle), torch.sin(angle)
    R = torch.tensor([[c, -s], [s, c]])
    return R


def chamfer(a, b):
    dist = torch.cdist(a, b)
    return dist.min(dim=1)[0].mean() + dist.min(dim=0)[0].mean()


scan = torch.rand(30, 2) * 4
true_angle = torch.tensor(math.radians(20.0))
reference = scan @ rot2d(true_angle).t() + torch.tensor([0.5, -0.2])

theta = torch.zeros((), requires_grad=True)
shift = torch.zeros(2, requires_grad=True)
optimizer = torch.optim.Adam([theta, shift], lr=0.02)

for it in range(25):
    optimizer.zero_grad()
    moved = scan @ rot2d(theta).t() + shift
    loss = chamfer(moved, reference)
    loss.backward()
    optimizer.step()
    if it % 5 == 0:
        print(it, loss.item(), theta.item(), shift.tolist())
