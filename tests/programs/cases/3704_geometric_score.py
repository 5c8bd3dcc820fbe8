import torch


def criteria(logits):
    return [logits[:, i].clamp(min=0) for i in range(logits.shape[1])]


def geometric_mean(values):
    product = torch.ones_like(values[0])
    for v in values:
        product = product * v
    return product.pow(1 / len(values))


def criteria_loss(logits, target):
    score = geometric_mean(criteria(logits))
    return torch.nn.functional.mse_loss(score, target)
