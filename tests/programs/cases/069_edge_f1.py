import torch


def precision_recall(guess, adj):
    tp = (guess * adj).sum()
    return tp / guess.sum().clamp(min=1), tp / adj.sum().clamp(min=1)


def edge_loss(adj_logits, adj):
    guess = torch.where(adj_logits > 0, torch.ones_like(adj), torch.zeros_like(adj))
    p, r = precision_recall(guess, adj)
    return 1 - 2 * p * r / (p + r + 1e-8)
