import torch
import torch.nn.functional as F


def entropy(logits):
    p = F.softmax(logits, dim=-1)
    return -(p * torch.log(p)).sum(dim=-1)


def policy_loss(logits, actions, adv, beta=0.01):
    chosen = F.log_softmax(logits, dim=-1).gather(1, actions.unsqueeze(1)).squeeze(1)
    return -(chosen * adv).mean() - beta * entropy(logits).mean()
