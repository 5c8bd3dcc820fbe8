import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
lm = nn.Linear(5, 3)
adam = torch.optim.Adam(lm.parameters())
x, y = torch.randn(20, 5), torch.randint(0, 3, (20,))


def accuracy(x, y):
    torch.set_grad_enabled(False)
    hits = (lm(x).argmax(1) == y).sum().item()
    torch.set_grad_enabled(True)
    return hits / len(y)


for epoch in range(3):
    loss = F.cross_entropy(lm(x), y)
    adam.zero_grad()
    loss.backward()
    adam.step()
    print(f"{epoch:3d} {accuracy(x, y):.2%}")
