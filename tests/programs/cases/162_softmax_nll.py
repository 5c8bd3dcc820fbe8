import torch


def nll_of_mixture(logits, y):
    probs = torch.softmax(logits, dim=1)
    picked = probs.gather(1, y.view(-1, 1)).log()
    return -picked.squeeze(1).mean()
