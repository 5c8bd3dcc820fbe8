import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
test = []


def report(batches):
    torch.set_grad_enabled(False)
    errors = [F.mse_loss(net(a), b).item() for a, b in batches]
    if not errors:
        return "nothing to test on"
    torch.set_grad_enabled(True)
    return f"test error {sum(errors) / len(errors):.3f}"


for _ in range(5):
    opt.zero_grad()
    F.mse_loss(net(x), y).backward()
    opt.step()

print(report(test))
