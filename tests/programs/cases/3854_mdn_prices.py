import math
import torch
import torch.nn as nn

ONEOVERSQRT2PI = 1.0 / math.sqrt(2 * math.pi)


class MDN(nn.Module):
    def __init__(self, n_in, n_hidden, n_gaussians):
        super().__init__()
        self.z_h = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh())
        self.z_pi = nn.Linear(n_hidden, n_gaussians)
        self.z_sigma = nn.Linear(n_hidden, n_gaussians)
        self.z_mu = nn.Linear(n_hidden, n_gaussians)

    def forward(self, x):
        h = self.z_h(x)
        return torch.softmax(self.z_pi(h), -1), torch.exp(self.z_sigma(h)), self.z_mu(h)


def gaussian_pdf(y, mu, sigma):
    r = (y.expand_as(mu) - mu) / sigma
    return torch.exp(-0.5 * r * r) / sigma * ONEOVERSQRT2PI


def mdn_loss(pi, sigma, mu, y):
    likelihood = (gaussian_pdf(y, mu, sigma) * pi).sum(dim=1)
    return -torch.log(likelihood).mean()


x = torch.randn(64, 3)
price = 250.0 + 40.0 * x[:, :1] + 10.0 * torch.randn(64, 1)

model = MDN(3, 20, 5)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(3):
    optimizer.zero_grad()
    pi, sigma, mu = model(x)
    loss = mdn_loss(pi, sigma, mu, price)
    loss.backward()
    optimizer.step()
    print(epoch, loss.item())
