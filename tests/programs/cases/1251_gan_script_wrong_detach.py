import torch
from torch import nn

torch.manual_seed(0)
gen = nn.Linear(2, 4)
disc = nn.Linear(4, 1)
g_opt = torch.optim.Adam(gen.parameters(), lr=1e-3)
d_opt = torch.optim.Adam(disc.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
real = torch.randn(16, 4)

for step in range(2):
    z = torch.randn(16, 2)
    fake = gen(z)
    d_opt.zero_grad()
    d_loss = bce(disc(real), torch.ones(16, 1)) + bce(disc(fake.detach()), torch.zeros(16, 1))
    d_loss.backward()
    d_opt.step()

    g_opt.zero_grad()
    g_loss = bce(disc(fake.detach()), torch.ones(16, 1))
    g_loss.backward()
    g_opt.step()
