import torch


def moments(feat):
    m1 = feat.mean(dim=(2, 3))
    m2 = (feat * feat).mean(dim=(2, 3))
    return m1, torch.sqrt((m2 - m1 ** 2).clamp(min=0))


def moment_loss(feat, style):
    (fm, fs), (sm, ss) = moments(feat), moments(style)
    return (fm - sm).pow(2).sum() + (fs - ss).pow(2).sum()
