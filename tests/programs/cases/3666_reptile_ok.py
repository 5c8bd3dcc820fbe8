import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
net = nn.Linear(4, 4)
head = nn.Linear(4, 2)
opt = torch.optim.SGD(head.parameters(), lr=0.1)


def inner(net, x, steps=3):
    fast = copy.deepcopy(net)
    sgd = torch.optim.SGD(fast.parameters(), lr=0.1)
    for _ in range(steps):
        sgd.zero_grad()
        F.mse_loss(fast(x), x).backward()
        sgd.step()
    return fast


for it in range(3):
    x, y = torch.randn(8, 4), torch.randint(0, 2, (8,))
    fast = inner(net, x)
    with torch.no_grad():
        for p, q in zip(net.parameters(), fast.parameters()):
            p.add_(0.5 * (q - p))
    opt.zero_grad()
    F.cross_entropy(head(fast(x).detach()), y).backward()
    opt.step()
