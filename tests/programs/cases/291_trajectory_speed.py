from typing import NamedTuple

import torch


class Kinematics(NamedTuple):
    velocity: torch.Tensor
    speed: torch.Tensor


class SmoothMotion:
    def __init__(self, hz=10.0, cruise=4.0):
        self.hz = hz
        self.cruise = cruise

    def kinematics(self, waypoints) -> Kinematics:
        velocity = torch.diff(waypoints, dim=0) * self.hz
        vx, vy = velocity.unbind(-1)
        return Kinematics(velocity, (vx * vx + vy * vy) ** 0.5)

    def objective(self, waypoints, goal):
        motion = self.kinematics(waypoints)
        reach = (waypoints[-1] - goal).abs().sum()
        return reach + (motion.speed - self.cruise).abs().mean()
