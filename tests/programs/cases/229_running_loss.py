import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
data = [(torch.randn(4, 3), torch.randn(4, 1)) for _ in range(3)]

running = 0
for x, y in data:
    loss = nn.functional.smooth_l1_loss(model(x).tanh(), y)
    running = running + loss
    opt.zero_grad()
    running.backward()
