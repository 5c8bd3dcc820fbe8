import torch


def discount(n):
    return 1.0 / torch.log2(torch.arange(n, dtype=torch.float32) + 2.0)


def rank_loss(scores, gains):
    order = torch.argsort(scores, descending=True)
    dcg = (gains[order] * discount(len(gains))).sum()
    ideal = (gains.sort(descending=True).values * discount(len(gains))).sum()
    ndcg = dcg / ideal
    loss = 1 - ndcg
    loss.requires_grad_(True)
    return loss
