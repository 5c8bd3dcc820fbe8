import torch
import torch.nn as nn


class RelaxationPINN(nn.Module):
    """ dy/dt = -k y,   y(0) = 1,   trial solution  y = 1 + t^a * N(t) """

    def __init__(self, k=2.0, alpha=0.5, n_points=21):
        super().__init__()
        self.k = k
        self.alpha = alpha
        self.n_points = n_points
        self.net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))

    def trial(self, t):
        return 1.0 + t ** self.alpha * self.net(t)

    def residual(self, t):
        y = self.trial(t)
        dy_dt = torch.autograd.grad(y, t, torch.ones_like(y), create_graph=True)[0]
        return dy_dt + self.k * y

    def loss(self):
        t = torch.linspace(0.0, 1.0, self.n_points).view(-1, 1).requires_grad_(True)
        return self.residual(t).pow(2).mean()


def train(model, epochs=2000):
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    history = []
    for epoch in range(epochs):
        opt.zero_grad()
        loss = model.loss()
        loss.backward()
        opt.step()
        history.append(loss.item())
    return history
