import torch


def sparsity(codes):
    active = torch.count_nonzero(codes, dim=1)
    return active.float() / codes.shape[1]


def sparse_coding_loss(codes, mask, weight=0.1):
    """Penalty on how many atoms a patch uses."""
    used = sparsity(codes * mask)
    return weight * used.mean()
