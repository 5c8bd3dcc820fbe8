import torch


def mixture_loss(amounts, wanted):
    """amounts: (heap, material); an empty heap has no composition and does not count."""
    total = amounts.sum(dim=1, keepdim=True)
    share = amounts / total
    gap = (share - wanted).abs().sum(dim=1)
    gap = torch.where(total.squeeze(1) > 0, gap, torch.zeros_like(gap))
    return gap.mean()
