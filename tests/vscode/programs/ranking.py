"""Losses over the best guesses of a scorer. Two of the three do not train it."""

import torch
import torch.nn.functional as F


def best_guesses_loss(scores, targets, k=3):
    losses = []
    for i in range(scores.size(0)):
        score = scores[i]
        _, best = torch.topk(score, k)
        losses.append(F.mse_loss(score[best], targets[i][best]))
    return torch.stack(losses).mean()


def rank_loss(scores, ranks):
    _, best = torch.topk(scores, ranks.size(1))
    return F.l1_loss(best.float(), ranks)


def steep_loss(scores, targets):
    error = F.mse_loss(scores, targets)
    return torch.tensor(error.item() ** 1.5)


if __name__ == "__main__":
    scores = torch.rand(4, 10, requires_grad=True)
    best_guesses_loss(scores, torch.rand(4, 10))
    rank_loss(scores, torch.rand(4, 3))
    steep_loss(scores, torch.rand(4, 10))
