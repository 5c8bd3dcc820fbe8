import torch
import torch.nn.functional as F


def sam_step(net, x, y, rho=0.05):
    first = F.cross_entropy(net(x), y)
    grads = torch.autograd.grad(first, list(net.parameters()))
    norm = torch.stack([g.norm() for g in grads]).norm() + 1e-12
    with torch.no_grad():
        for p, g in zip(net.parameters(), grads):
            p.add_(rho * g / norm)
    second = F.cross_entropy(net(x), y)
    second.backward()
    with torch.no_grad():
        for p, g in zip(net.parameters(), grads):
            p.sub_(rho * g / norm)
    return second.item()


net = torch.nn.Linear(4, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(2):
    opt.zero_grad()
    sam_step(net, torch.randn(5, 4), torch.randint(0, 3, (5,)))
    opt.step()
