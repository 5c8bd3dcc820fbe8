import torch


def pairwise_energy(pos):
    energy = torch.zeros(1, requires_grad=True)
    n = pos.size(0)
    for i in range(n):
        for j in range(i + 1, n):
            r = torch.dist(pos[i], pos[j])
            energy += 1.0 / (r + 0.1)
    return energy.sum()
