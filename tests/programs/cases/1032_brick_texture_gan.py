import torch
from torch import nn, optim

torch.manual_seed(1)
gen = nn.Sequential(nn.Linear(3, 8), nn.ReLU(True), nn.Linear(8, 6))
disc = nn.Linear(6, 1)
g_opt, d_opt = optim.Adam(gen.parameters(), 2e-4), optim.Adam(disc.parameters(), 2e-4)
bce = nn.BCEWithLogitsLoss()
bricks = torch.randn(16, 6) + 1.0
one, zero = torch.ones(8, 1), torch.zeros(8, 1)

for step in range(3):
    real = bricks[torch.randperm(16)[:8]]
    fake = gen(torch.randn(8, 3))

    d_opt.zero_grad()
    d_real = bce(disc(real), one)
    d_fake = bce(disc(fake.detach()), zero)
    d_loss = d_real + d_fake
    d_loss.backward()
    d_opt.step()

    g_opt.zero_grad()
    g_loss = bce(disc(fake), one)
    g_loss.backward()
    g_opt.step()
    print(f"{step}: D {d_loss.item():.3f}  G {g_loss.item():.3f}  D(x) {disc(real).detach().mean():.2f}")
