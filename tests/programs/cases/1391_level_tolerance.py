import torch


def flatness(heights):
    plane = heights.mean(dim=(-2, -1), keepdim=True)
    return (heights - plane).abs().amax()


def surface_penalty(heights, tolerance=0.5):
    """Nothing to pay as long as the floor is flat enough."""
    worst = flatness(heights)
    return (worst - tolerance) ** 2 if worst > tolerance else heights.new_zeros(())
