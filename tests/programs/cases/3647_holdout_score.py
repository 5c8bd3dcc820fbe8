import torch
import torch.nn as nn

torch.manual_seed(1)
net = nn.Sequential(nn.Linear(6, 10), nn.Tanh(), nn.Linear(10, 1))
opt = torch.optim.RMSprop(net.parameters(), lr=1e-3)
mse = nn.MSELoss()
data = [(torch.randn(8, 6), torch.randn(8, 1)) for _ in range(3)]
holdout = []


def holdout_score(batches):
    net.eval()
    torch.set_grad_enabled(False)
    total, n = 0.0, 0
    for x, y in batches:
        total += mse(net(x), y).item() * len(x)
        n += len(x)
    if n == 0:
        net.train()
        return None
    torch.set_grad_enabled(True)
    net.train()
    return total / n


for epoch in range(2):
    score = holdout_score(holdout)
    for x, y in data:
        opt.zero_grad()
        mse(net(x), y).backward()
        opt.step()
