import torch


def angle(i, j, k):
    u, v = i - j, k - j
    c = torch.dot(u, v) / (torch.norm(u) * torch.norm(v))
    return torch.arccos(c)


def angle_energy(pos, triples, k=50.0, theta0=3.14159265):
    return sum(0.5 * k * (angle(pos[a], pos[b], pos[c]) - theta0) ** 2 for a, b, c in triples)
