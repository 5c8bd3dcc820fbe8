import torch

target = torch.tensor([3.0, 1.0])
velocity = torch.rand(2, requires_grad=True) * 4.0


def simulate(v, steps=20, dt=0.05):
    pos = torch.zeros(2)
    for _ in range(steps):
        v = v - dt * 0.3 * v
        pos = pos + dt * v
    return pos


for it in range(3):
    loss = (simulate(velocity) - target).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        velocity -= 0.1 * velocity.grad
