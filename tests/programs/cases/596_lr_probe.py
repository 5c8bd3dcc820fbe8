import copy

import torch
import torch.nn.functional as F

torch.manual_seed(1)
w = torch.randn(4, requires_grad=True)
x, y = torch.randn(10, 4), torch.randn(10)
best, keep = float("inf"), None

for epoch in range(3):
    w.grad = None
    loss = F.mse_loss(x @ w, y)
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
    value = loss.item()
    if value < best:
        best, keep = value, copy.deepcopy(w.detach())
print(best, keep.numpy().round(2))
