import copy
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
meta_optimizer = torch.optim.SGD(model.parameters(), lr=0.5)


def sample_task():
    phase, amplitude = torch.rand(1) * 3.14, torch.rand(1) * 4 + 0.1
    x = torch.rand(10, 1) * 10 - 5
    return x, amplitude * torch.sin(x + phase)


def inner_train(learner, x, y, steps=3, lr=0.02):
    optimizer = torch.optim.SGD(learner.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((learner(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
    return loss.data


for iteration in range(2):
    meta_optimizer.zero_grad()
    fast = copy.deepcopy(model)
    final = inner_train(fast, *sample_task())
    for p, q in zip(model.parameters(), fast.parameters()):
        if p.grad is None:
            p.grad = torch.zeros_like(p)
        p.grad.data.add_(p.data - q.data)
    meta_optimizer.step()
    print(iteration, float(final))
