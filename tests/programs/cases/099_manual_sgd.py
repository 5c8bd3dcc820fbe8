import torch

torch.manual_seed(3)
x = torch.randn(20, 2)
y = x @ torch.tensor([1.5, -2.0]) + 0.1 * torch.randn(20)
w = torch.zeros(2, requires_grad=True)
lr = 0.1

for step in range(3):
    loss = ((x @ w - y) ** 2).mean()
    loss.backward()
    w = w - lr * w.grad

((x @ w - y) ** 2).mean().backward()
