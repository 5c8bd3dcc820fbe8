import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(8, 2), torch.randn(8, 1)
basis = nn.Linear(2, 4)
head = nn.Linear(4, 1)
opt = torch.optim.SGD(head.parameters(), lr=0.01)
feats = basis(x).tanh()

for epoch in range(2):
    opt.zero_grad()
    loss = nn.functional.mse_loss(head(feats.square()), y)
    loss.backward()
