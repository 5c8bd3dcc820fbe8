import torch


def selective_log_softmax(logits, index):
    return torch.gather(logits.log_softmax(-1), dim=-1, index=index.unsqueeze(-1)).squeeze(-1)


def compute_loss(model, hidden, completion_ids, ref_logp, rewards, mask, beta=0.04):
    logp = selective_log_softmax(model(hidden), completion_ids)
    per_token_kl = torch.exp(ref_logp - logp) - (ref_logp - logp) - 1
    advantages = (rewards - rewards.mean()) / (rewards.std() + 1e-4)
    # x - x.detach() allows for preserving gradients from x
    per_token_loss = torch.exp(logp - logp.detach()) * advantages.unsqueeze(1)
    per_token_loss = -(per_token_loss - beta * per_token_kl)
    return ((per_token_loss * mask).sum(dim=1) / mask.sum(dim=1)).mean()
