import torch


def relax(field, source, sweeps=4):
    for _ in range(sweeps):
        new = 0.5 * (field.roll(1, 0) + field.roll(-1, 0)) + 0.1 * (field * source)
        field[1:-1] = new[1:-1]
    return field


def relax_loss(source, measured):
    field = torch.ones_like(measured)
    return (relax(field, source) - measured).pow(2).mean()
