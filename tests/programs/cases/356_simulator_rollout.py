"""Trains a controller through a pendulum simulator that is written for numpy."""

import numpy as np
import torch
from torch import nn


class Pendulum:
    def __init__(self, dt=0.05, gravity=9.81, length=1.0):
        self.dt, self.gravity, self.length = dt, gravity, length

    def step(self, state, torque):
        angle, speed = state
        acceleration = -self.gravity / self.length * np.sin(angle) + torque
        speed = speed + self.dt * acceleration
        return np.stack([angle + self.dt * speed, speed])


class TorchEnvironment:
    """Takes and gives tensors."""

    def __init__(self, simulator):
        self.simulator = simulator

    def step(self, state, torque):
        moved = self.simulator.step(state.numpy(), np.asarray(torque.tolist(), dtype=np.float32))
        return torch.as_tensor(moved, dtype=torch.float32)


class SwingUp:
    def __init__(self, horizon=5):
        self.controller = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
        self.environment = TorchEnvironment(Pendulum())
        self.horizon = horizon

    def rollout_cost(self, state):
        cost = 0.0
        for _ in range(self.horizon):
            torque = self.controller(state.T).squeeze(-1)
            state = self.environment.step(state, torque)
            cost = cost + (1 + state[0].cos()).mean() + 0.1 * state[1].square().mean()
        return cost
