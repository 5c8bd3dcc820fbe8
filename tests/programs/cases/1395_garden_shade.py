import torch


def shadow(height, angle):
    return height / torch.tan(angle)


def lengths(heights, angles):
    rows = []
    for angle in angles:
        rows.append(heights.new_tensor([shadow(h, angle) for h in heights]))
    return torch.stack(rows)


def shade_loss(heights, angles, photo):
    reach = lengths(heights, angles)
    return torch.nn.functional.mse_loss(reach / reach.amax(), photo)
