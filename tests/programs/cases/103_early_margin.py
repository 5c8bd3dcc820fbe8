import torch


def margin_or_nothing(score, y, margin=1.0):
    hinge = margin - y * score
    if hinge.max() <= 0:
        return torch.zeros(1, requires_grad=True).sum()
    return hinge.clamp_min(0).mean()
