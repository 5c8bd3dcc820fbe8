import torch
from torch import nn

torch.manual_seed(0)
enc, rot, cls = nn.Linear(6, 5), nn.Linear(5, 4), nn.Linear(5, 2)
opt = torch.optim.Adam([*enc.parameters(), *rot.parameters(), *cls.parameters()])
x = torch.randn(8, 6)
turns, y = torch.randint(0, 4, (8,)), torch.randint(0, 2, (8,))

opt.zero_grad()
h = torch.tanh(enc(x))
aux = nn.functional.cross_entropy(rot(h), turns)
aux.backward()
main = nn.functional.cross_entropy(cls(h), y)
main.backward()
opt.step()
