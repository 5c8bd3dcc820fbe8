import torch


def richness(abundance, dim=1):
    return torch.count_nonzero(torch.relu(abundance), dim=dim)


def evenness(abundance):
    share = abundance.softmax(1)
    return -(share * share.log()).sum(1)


def richness_gap(abundance, field_notes, weight=0.2):
    gap = (richness(abundance) - field_notes).abs().mean()
    return gap + weight * evenness(abundance).detach().mean()
