import torch
import torch.nn as nn


class ODEFunc(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))


def odeint_euler(func, y0, t):
    traj = torch.zeros(len(t), *y0.shape)
    traj[0] = y0
    for k in range(len(t) - 1):
        dt = t[k + 1] - t[k]
        traj[k + 1] = traj[k] + dt * func(traj[k])
    return traj


def trajectory_loss(func, y0, t, observed):
    pred = odeint_euler(func, y0, t)
    return torch.mean(torch.abs(pred - observed))
