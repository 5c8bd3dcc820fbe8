import torch
from torch import nn


class Agent(nn.Module):
    """Moves on a line; the distance to the goal is differentiable, the moves are drawn."""

    def __init__(self, moves=(-1.0, 0.0, 1.0)):
        super().__init__()
        self.policy = nn.Linear(2, len(moves))
        self.register_buffer("moves", torch.tensor(moves))

    def step(self, place, goal):
        p = self.policy(torch.stack([place, goal], -1)).softmax(-1)
        drawn = torch.multinomial(p, 1).squeeze(-1)
        return place + self.moves[drawn]

    def rollout_loss(self, place, goal, steps=3):
        for _ in range(steps):
            place = self.step(place, goal)
        return (place - goal).square().mean()
