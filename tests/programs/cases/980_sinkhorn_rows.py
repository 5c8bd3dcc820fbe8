import torch


def sinkhorn(m, iters=3):
    for _ in range(iters):
        m = m / m.sum(dim=1, keepdim=True)
        m = m / m.sum(dim=0, keepdim=True)
    return m


def sinkhorn_loss(scores, cost):
    plan = sinkhorn(torch.relu(scores))
    return (plan * cost).sum()
