import torch

torch.manual_seed(0)
x = torch.randn(8, 4)
w = torch.randn(6, 4) * (torch.rand(6, 4) > 0.5)
target = torch.relu(x @ torch.randn(4, 6))

s = torch.relu(x @ w.t()).clone().requires_grad_(True)
lr, alpha = 0.05, 5.0
for epoch in range(3):
    loss_fit = alpha * torch.norm(torch.relu(s) - target) ** 2
    loss_keep = torch.norm(s - x @ w.t()) ** 2
    loss_s = loss_fit + loss_keep
    if s.grad is not None:
        s.grad.zero_()
    loss_s.backward()
    s -= lr * s.grad
print(loss_s.item())
