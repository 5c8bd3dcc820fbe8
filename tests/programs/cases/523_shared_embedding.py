import torch
from torch import nn

enc = nn.Linear(5, 4)
net = nn.Linear(4, 2)
x, y = torch.randn(8, 5), torch.randint(0, 2, (8,))
opt = torch.optim.SGD([*enc.parameters(), *net.parameters()], lr=0.1)

z = torch.relu(enc(x))
for epoch in range(3):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(z), y)
    loss.backward()
