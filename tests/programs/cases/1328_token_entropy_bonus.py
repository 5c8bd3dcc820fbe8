import torch
import torch.nn.functional as F


def entropy_from_logits(logits, chunk_size=128):
    entropies = []
    for chunk in logits.split(chunk_size, dim=0):
        logps = F.log_softmax(chunk, dim=-1)
        # a forbidden token has log-probability -inf and adds nothing
        h = -(torch.exp(logps) * logps).nan_to_num(nan=0.0).sum(-1)
        entropies.append(h)
    return torch.cat(entropies, dim=0)


def policy_objective(logits, allowed, actions, advantages, completion_mask, ent_coef=0.01):
    logits = logits.masked_fill(~allowed, float("-inf"))
    flat = logits.view(-1, logits.size(-1))
    logp = F.log_softmax(logits, dim=-1).gather(-1, actions.unsqueeze(-1)).squeeze(-1)
    entropy = entropy_from_logits(flat).view_as(logp)
    per_token = -(logp * advantages[:, None]) - ent_coef * entropy
    return (per_token * completion_mask).sum() / completion_mask.sum().clamp(min=1)
