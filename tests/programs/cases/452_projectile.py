import torch


def landing_loss(velocity, target, steps=20, dt=0.05):
    gravity = torch.tensor([0.0, -9.81])

    @torch.no_grad()
    def advance(pos, vel):
        vel = vel + dt * gravity
        return pos + dt * vel, vel

    pos, vel = torch.zeros_like(velocity), velocity
    for _ in range(steps):
        pos, vel = advance(pos, vel)
    return (pos - target).norm(dim=-1).mean()
