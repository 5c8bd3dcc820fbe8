import torch
from torch import nn, optim

torch.manual_seed(0)
STEPS_D, STEPS_P, ALPHA = 2, 2, 10

painter = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 3, padding=1), nn.Tanh())
critic = nn.Sequential(nn.Conv2d(1, 4, 3), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 3))
opt_p = optim.Adam(painter.parameters(), lr=5e-4, betas=(0.5, 0.999))
opt_d = optim.Adam(critic.parameters(), lr=5e-4, betas=(0.5, 0.999))
photo = torch.rand(1, 1, 10, 10)
z_fixed = torch.randn_like(photo)

err_d_log, err_p_log = [], []
for epoch in range(2):
    noise = torch.randn_like(photo)

    for j in range(STEPS_D):
        critic.zero_grad()
        err_real = -critic(photo).mean()
        err_real.backward()
        fake = painter(noise)
        err_fake = critic(fake.detach()).mean()
        err_fake.backward()
        opt_d.step()
    err_d_log.append((err_real + err_fake).item())

    for j in range(STEPS_P):
        painter.zero_grad()
        output = critic(fake)
        err_p = -output.mean()
        err_p.backward(retain_graph=True)
        rec = ALPHA * nn.functional.mse_loss(painter(z_fixed), photo)
        rec.backward()
        opt_p.step()
    err_p_log.append(err_p.item() + rec.item())
