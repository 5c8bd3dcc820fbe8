import torch

torch.manual_seed(5)
x = torch.randn(16, 3)
y = torch.randint(0, 2, (16,)).float()
w = torch.randn(3, requires_grad=True)

for _ in range(2):
    hits = (torch.sigmoid(x @ w) > 0.5).float()
    loss = 1 - (hits == y).float().mean()
    loss.backward()
