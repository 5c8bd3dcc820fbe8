import torch

torch.manual_seed(3)
x = torch.randn(20, 2)
y = x @ torch.tensor([1.5, -2.0]) + 0.1 * torch.randn(20)
w = torch.zeros(2, requires_grad=True)
b = torch.zeros((), requires_grad=True)
lr = 0.1

for step in range(3):
    if w.grad is not None:
        w.grad.zero_()
        b.grad = None
    loss = ((x @ w + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b.sub_(lr * b.grad)
    print(step, loss.item())
