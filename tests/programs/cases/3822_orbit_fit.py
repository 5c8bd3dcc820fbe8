import torch


def acceleration(pos, mu):
    r = torch.linalg.vector_norm(pos)
    return -mu * pos / r ** 3


def simulate(pos, vel, mu, dt, steps):
    track = []
    for _ in range(steps):
        vel = vel + dt * acceleration(pos, mu)
        pos = pos + dt * vel
        track.append(pos)
    return track


def orbit_loss(pos, vel, mu, observed, dt=0.05):
    track = simulate(pos, vel, mu, dt, len(observed))
    total = torch.zeros(1, requires_grad=True)
    for estimate, measured in zip(track, observed):
        total += (estimate - measured).square().sum()
    return total / len(observed)
