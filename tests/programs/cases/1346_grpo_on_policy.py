import torch
import torch.nn.functional as F


def selected_logps(model, hidden, ids):
    logits = model(hidden)
    return torch.gather(logits.log_softmax(-1), 2, ids.unsqueeze(-1)).squeeze(-1)


def grpo_loss(model, ref_logps, hidden, ids, rewards, mask, beta=0.04, group=2):
    logp = selected_logps(model, hidden, ids)
    grouped = rewards.view(-1, group)
    mean = grouped.mean(dim=1).repeat_interleave(group)
    std = grouped.std(dim=1).repeat_interleave(group)
    advantages = (rewards - mean) / (std + 1e-4)
    per_token_kl = torch.exp(ref_logps - logp) - (ref_logps - logp) - 1
    per_token = torch.exp(logp - logp.detach()) * advantages.unsqueeze(1)
    per_token = -(per_token - beta * per_token_kl)
    return ((per_token * mask).sum(dim=1) / mask.sum(dim=1)).mean()
