from dataclasses import dataclass

import torch


@dataclass
class DrivingCost:
    max_lateral: float = 0.4
    dt: float = 0.1

    def rollout(self, steer):
        heading = torch.cumsum(steer * self.dt, dim=0)
        return torch.cumsum(torch.sin(heading) * self.dt, dim=0)

    def lane_departures(self, lateral):
        outside = torch.logical_or(lateral > self.max_lateral, lateral < -self.max_lateral)
        return outside.float().mean()

    def comfort(self, lateral):
        return torch.sign(lateral).diff().ne(0).sum() * self.dt

    def total(self, steer):
        lateral = self.rollout(steer)
        return self.lane_departures(lateral) + 0.1 * self.comfort(lateral)
