import torch
import torch.nn as nn
import torch.nn.functional as F

gen = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 6))
dis = nn.Sequential(nn.Linear(6, 5), nn.LeakyReLU(0.2), nn.Linear(5, 1))
gen_opt = torch.optim.RMSprop(gen.parameters(), lr=1e-4)
dis_opt = torch.optim.RMSprop(dis.parameters(), lr=1e-4)


def hinge_real(x):
    return F.relu(1.0 - x).mean()


def hinge_fake(x):
    return F.relu(1.0 + x).mean()


def update(gen, dis, real):
    z = torch.randn(real.size(0), 3)
    fake = gen(z)
    d_fake = dis(fake)
    d_loss = hinge_real(dis(real)) + hinge_fake(d_fake)
    dis_opt.zero_grad()
    d_loss.backward(retain_graph=True)
    dis_opt.step()
    g_loss = -d_fake.mean()
    gen_opt.zero_grad()
    g_loss.backward()
    gen_opt.step()
    return d_loss.item(), g_loss.item()
