import torch


def pairwise(embeddings, squared=False):
    dot = embeddings @ embeddings.t()
    square = torch.diag(dot)
    distances = square.unsqueeze(0) - 2.0 * dot + square.unsqueeze(1)
    distances = torch.relu(distances)
    if not squared:
        zero = torch.eq(distances, 0).float()
        distances = distances + zero * 1e-16
        distances = (1.0 - zero) * torch.sqrt(distances)
    return distances


def batch_hard(embeddings, labels, margin=0.3):
    dist = pairwise(embeddings)
    same = labels.unsqueeze(0) == labels.unsqueeze(1)
    hardest_positive = (dist * same).amax(dim=1)
    away = dist + dist.max().detach() * same
    hardest_negative = away.amin(dim=1)
    return torch.relu(hardest_positive - hardest_negative + margin).mean()
