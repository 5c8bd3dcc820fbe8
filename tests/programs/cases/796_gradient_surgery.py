import torch

torch.manual_seed(4)
w = torch.randn(5, requires_grad=True)
x = torch.randn(8, 5)
ya, yb = torch.randn(8), torch.randn(8)

for it in range(2):
    out = x @ w
    losses = [(out - ya).square().mean(), (out - yb).abs().mean()]
    ga, gb = [torch.autograd.grad(l, w, retain_graph=True)[0] for l in losses]
    dot = torch.dot(ga, gb)
    if dot < 0:
        ga = ga - dot / gb.square().sum() * gb
    w.grad = ga + gb
    with torch.no_grad():
        w -= 0.05 * w.grad
    total = sum(losses).detach()
    print(f"{total:.3f}")
