import torch
from torch import nn


class Planner:
    def __init__(self, horizon=4, scale=0.1, n_guide_steps=2):
        self.value_function = nn.Sequential(nn.Linear(horizon, 8), nn.Mish(), nn.Linear(8, 1))
        self.unet = nn.Linear(horizon, horizon)
        self.scale, self.n_guide_steps = scale, n_guide_steps
        self.model_std = torch.tensor([0.3, 0.2, 0.1])

    @torch.no_grad()
    def run_diffusion(self, x):
        for i in range(len(self.model_std)):
            for _ in range(self.n_guide_steps):
                x = x.detach().requires_grad_()
                y = self.value_function(x)
                grad = torch.autograd.grad([y.sum()], [x])[0]
                grad = self.model_std[i] * grad
                x = x.detach() + self.scale * grad
            x = x - 0.1 * self.unet(x)
        return x

    def refine(self, start, goal):
        plan = self.run_diffusion(start)
        return ((start - plan.detach())[:, -1] ** 2).mean() + (start - goal).abs().mean()
