import torch
from torch import nn

torch.manual_seed(1)
trunk, left, right = nn.Linear(3, 4), nn.Linear(4, 1), nn.Linear(4, 1)
x, y = torch.randn(6, 3), torch.randn(6, 1)
opt = torch.optim.Adam([*trunk.parameters(), *left.parameters(), *right.parameters()], lr=1e-3)

z = torch.tanh(trunk(x))
l1 = nn.functional.mse_loss(left(z), y)
l2 = nn.functional.l1_loss(right(z), y)
opt.zero_grad()
l1.backward(retain_graph=True)
l2.backward()
opt.step()
opt.zero_grad(set_to_none=True)
(nn.functional.mse_loss(left(trunk(x)), y) + right(trunk(x)).mean()).backward()
