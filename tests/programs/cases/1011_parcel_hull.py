import torch

EDGES = [(i, j) for i in range(8) for j in range(i + 1, 8)]


def edge_lines(corners):
    """Lines through every pair of the eight corners of two parcels: (B, 28, 2)."""
    first = corners[:, [i for i, _ in EDGES]]
    second = corners[:, [j for _, j in EDGES]]
    return first, second


def point_to_line(first, second, corners):
    x1, y1 = first[..., 0:1], first[..., 1:2]
    x2, y2 = second[..., 0:1], second[..., 1:2]
    x, y = corners[:, None, :, 0], corners[:, None, :, 1]
    den = (y2 - y1) * x - (x2 - x1) * y + x2 * y1 - y2 * x1
    num = torch.sqrt((y2 - y1).square() + (x2 - x1).square()) + 1e-14
    return den / num


def hull_loss(corners, area):
    dist = point_to_line(*edge_lines(corners), corners)
    width = dist.max(dim=-1).values - dist.min(dim=-1).values
    return (width.mean(dim=1) ** 2 - area).abs().mean()
