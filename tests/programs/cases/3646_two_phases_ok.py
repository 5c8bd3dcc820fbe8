import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        return self.head(torch.tanh(self.body(x)))


net = Net()
x, y = torch.randn(16, 4), torch.randint(0, 3, (16,))

# first reconstruct, then classify on what was learnt
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(3):
    opt.zero_grad()
    F.mse_loss(net(x), x).backward()
    opt.step()

net.head = nn.Linear(8, 3)
opt = torch.optim.Adam(net.head.parameters(), lr=1e-2)
for _ in range(3):
    opt.zero_grad()
    F.cross_entropy(net(x), y).backward()
    opt.step()
