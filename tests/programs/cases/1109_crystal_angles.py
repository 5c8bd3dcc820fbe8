import torch
import torch.nn.functional as F


def angle_energy(atoms, triples, k, theta0):
    centre, left, right = atoms[triples[:, 1]], atoms[triples[:, 0]], atoms[triples[:, 2]]
    v1, v2 = left - centre, right - centre
    d1, d2 = v1.norm(dim=-1), v2.norm(dim=-1)
    cos = F.cosine_similarity(v1, v2, dim=-1)
    angle = torch.acos(0.95 * cos)
    cutoff = 0.5 * torch.cos(torch.pi * torch.minimum(d1 + d2, torch.tensor(5.0)) / 5.0) + 0.5
    return (k[triples[:, 3]].exp() * (angle - theta0) ** 2 * cutoff).sum()
