import torch
from torch import nn


class Temperature(nn.Module):
    """Entropy coefficient of a soft actor-critic, tuned towards a wanted entropy."""

    def __init__(self, n_actions=3):
        super().__init__()
        self.log_alpha = nn.Parameter(torch.tensor(-0.5))
        self.wanted = -float(n_actions)

    @property
    def alpha(self):
        return self.log_alpha.exp().item()

    def objective(self, log_pi):
        surplus = (log_pi + self.wanted).detach()
        dual = -(self.log_alpha * surplus).mean()
        self.last = {"alpha": self.alpha, "entropy": -log_pi.mean().item()}
        return dual
