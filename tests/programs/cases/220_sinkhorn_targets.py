import torch


@torch.no_grad()
def balanced_codes(scores, eps=0.05, rounds=3):
    q = torch.exp(scores / eps - (scores / eps).max())
    for _ in range(rounds):
        q /= q.sum(dim=0, keepdim=True)
        q /= q.sum(dim=1, keepdim=True)
    return q


def swapped_assignment(s1, s2, temperature=0.1):
    q1, q2 = balanced_codes(s1), balanced_codes(s2)
    p1 = (s1 / temperature).log_softmax(dim=1)
    p2 = (s2 / temperature).log_softmax(dim=1)
    return -0.5 * ((q1 * p2).sum(1) + (q2 * p1).sum(1)).mean()
