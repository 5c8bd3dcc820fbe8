import torch

torch.manual_seed(3)
cost = torch.rand(5)
p = torch.full((5,), 0.2, requires_grad=True)
opt = torch.optim.SGD([p], lr=0.05)

for it in range(4):
    opt.zero_grad()
    loss = (p * cost).sum() + 0.1 * (p * (p + 1e-8).log()).sum()
    loss.backward()
    opt.step()
    with torch.no_grad():
        p.clamp_(min=0.0)
        p.div_(p.sum())
print(p.data.argmin().item())
