import torch

torch.manual_seed(2024)
X = torch.randn(10, 3)
threshold = torch.tensor(1.5, requires_grad=True)
optimizer = torch.optim.SGD([threshold], lr=0.1)

for step in range(2):
    optimizer.zero_grad()
    length = X.norm(dim=1)
    kept = X[length < threshold]
    loss = kept.norm(dim=1).mean()
    loss.backward()
    optimizer.step()
