import torch
import torch.nn as nn
from torch.autograd import Variable

Tensor = torch.FloatTensor
G = nn.Sequential(nn.Linear(5, 16), nn.LeakyReLU(0.2, inplace=True), nn.Linear(16, 3), nn.Tanh())
D = nn.Sequential(nn.Linear(3, 16), nn.LeakyReLU(0.2, inplace=True), nn.Linear(16, 1))
adversarial_loss = nn.MSELoss()
optimizer_G = torch.optim.Adam(G.parameters(), lr=1e-3)
optimizer_D = torch.optim.Adam(D.parameters(), lr=1e-3)
data = torch.tanh(torch.randn(4, 8, 3))

for i, imgs in enumerate(data):
    valid = Variable(Tensor(imgs.shape[0], 1).fill_(1.0), requires_grad=False)
    fake = Variable(Tensor(imgs.shape[0], 1).fill_(0.0), requires_grad=False)
    real_imgs = Variable(imgs.type(Tensor))

    # -----------------  Train Generator  -----------------
    optimizer_G.zero_grad()
    z = Variable(Tensor(imgs.shape[0], 5).normal_())
    gen_imgs = G(z)
    g_loss = adversarial_loss(D(gen_imgs), valid)
    g_loss.backward()
    optimizer_G.step()

    # ---------------  Train Discriminator  ---------------
    optimizer_D.zero_grad()
    real_loss = adversarial_loss(D(real_imgs), valid)
    fake_loss = adversarial_loss(D(gen_imgs.detach()), fake)
    d_loss = 0.5 * (real_loss + fake_loss)
    d_loss.backward()
    optimizer_D.step()
    print("[Batch %d] [D loss: %f] [G loss: %f]" % (i, d_loss.item(), g_loss.item()))
