import torch


def positions(appeal):
    """Place of every dish on the menu, best first."""
    order = torch.argsort(appeal, dim=-1, descending=True)
    return order.argsort(dim=-1)


def dcg(appeal, ordered):
    discount = 1.0 / torch.log2(positions(appeal) + 2.0)
    return ((2.0 ** ordered - 1) * discount).sum(-1)


def dcg_loss(appeal, ordered):
    ideal = dcg(ordered, ordered)
    return (1 - dcg(appeal, ordered) / ideal.clamp(min=1e-6)).mean()
