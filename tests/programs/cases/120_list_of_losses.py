import torch


def tv(img):
    return (img[1:] - img[:-1]).abs().sum() + (img[:, 1:] - img[:, :-1]).abs().sum()


def total_variation_stack(frames):
    values = []
    for f in frames:
        values.append(tv(f))
    return torch.Tensor(values).mean()
