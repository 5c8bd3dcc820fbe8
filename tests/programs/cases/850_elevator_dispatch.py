import torch
from torch import nn
from torch.distributions import Categorical


class Dispatcher(nn.Module):
    def __init__(self, floors=5, cars=3):
        super().__init__()
        self.policy = nn.Linear(floors, cars)
        self.critic = nn.Linear(floors, 1)
        self.register_buffer("typical", torch.zeros(()))

    def update_loss(self, calls, waited):
        dist = Categorical(logits=self.policy(calls))
        car = dist.sample()
        with torch.no_grad():
            self.typical.lerp_(waited.mean(), 0.05)
            reward = -(waited.gather(1, car[:, None]).squeeze(1) - self.typical)
        value = self.critic(calls).squeeze(1)
        advantage = reward - value.detach()
        actor = -(dist.log_prob(car) * advantage).mean()
        return actor + 0.5 * (value - reward).square().mean() - 0.01 * dist.entropy().mean()
