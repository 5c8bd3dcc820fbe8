import torch
from torch import nn


class VanGenuchten(nn.Module):
    """Water retention curve theta(psi); psi is the matric head in metres."""

    def __init__(self, theta_r=0.08, theta_s=0.43, alpha=3.6, n=1.56):
        super().__init__()
        self.theta_r = theta_r
        self.theta_s = theta_s
        self.log_alpha = nn.Parameter(torch.tensor(alpha).log())
        self.log_n1 = nn.Parameter(torch.tensor(n - 1.0).log())

    @property
    def n(self):
        return 1.0 + self.log_n1.exp()

    def saturation(self, psi):
        alpha, n = self.log_alpha.exp(), self.n
        m = 1.0 - 1.0 / n
        curve = (1.0 + (-alpha * psi) ** n) ** (-m)
        return torch.where(psi < 0, curve, torch.ones_like(curve))

    def forward(self, psi):
        return self.theta_r + (self.theta_s - self.theta_r) * self.saturation(psi)

    def misfit(self, psi, theta_obs):
        return torch.sqrt(torch.mean((self(psi) - theta_obs) ** 2) + 1e-12)
