import torch


def matched(cost, limit):
    rows, cols = torch.nonzero(cost < limit, as_tuple=True)
    return zip(rows.tolist(), cols.tolist())


def track_loss(pred, gt, limit=0.5):
    cost = torch.cdist(pred.detach(), gt)
    total, n = torch.zeros(()), 0
    for i, j in matched(cost, limit):
        total = total + (pred[i] - gt[j]).abs().sum()
        n += 1
    return total / max(n, 1)
