import torch
from torch import nn


class PlanLoss(nn.Module):
    def __init__(self, dynamics):
        super().__init__()
        self.dynamics = dynamics

    def rollout(self, state, actions):
        path = []
        for a in actions:
            with torch.no_grad():
                state = state + self.dynamics(torch.cat([state, a]))
            path.append(state)
        return torch.stack(path)

    def forward(self, actions, start, goal):
        path = self.rollout(start, actions)
        return (path[-1] - goal).norm() + 0.01 * path.diff(dim=0).norm(dim=1).sum()
