import torch

torch.manual_seed(0)
x = torch.randn(6, 2, requires_grad=True)
opt = torch.optim.SGD([x], lr=0.1)


def log_density(z):
    return -0.5 * (z - 1.0).pow(2).sum(-1)


for it in range(3):
    opt.zero_grad()
    fixed = x.detach().requires_grad_(True)
    score, = torch.autograd.grad(log_density(fixed).sum(), fixed)
    k = torch.exp(-torch.cdist(x, x.detach()).pow(2))
    drive = (k.detach() @ score) / len(x)
    loss = -(x * drive).sum() + k.sum() / len(x)
    loss.backward()
    opt.step()
