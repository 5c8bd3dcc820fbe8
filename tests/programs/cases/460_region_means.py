import torch


def region_means(heat, labels):
    means = {}
    for r in labels.unique().tolist():
        means[r] = heat[labels == r].mean()
    return means


def region_contrast(heat, labels):
    means = region_means(heat, labels)
    m = heat.new_tensor([means[k] for k in sorted(means)])
    return torch.exp(-m.diff().abs()).mean()
