import torch
import torch.nn.functional as F


def entropy_from_logits(logits, chunk_size=2):
    entropies = []
    for chunk in logits.split(chunk_size, dim=0):
        logps = F.log_softmax(chunk, dim=-1)
        term = (torch.exp(logps) * logps).nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)
        entropies.append(-term.sum(-1))
    return torch.cat(entropies)


def policy_objective(logits, banned, actions, advantage, bonus=0.01):
    masked = logits.masked_fill(banned, float("-inf"))
    chosen = F.log_softmax(masked, dim=-1).gather(1, actions[:, None]).squeeze(1)
    return -(chosen * advantage).mean() - bonus * entropy_from_logits(masked).mean()
