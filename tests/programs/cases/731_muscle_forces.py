import torch


def effort(activation, moment_arms, torque, weight=10.0):
    force = activation ** 2
    produced = moment_arms @ force
    fatigue = (force ** 3).sum() ** (1 / 3)
    miss = (produced - torque).abs().mean()
    return weight * miss + fatigue
