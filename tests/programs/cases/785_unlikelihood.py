import torch
import torch.nn.functional as F


def repetition_loss(logits, tokens, pad=0, alpha=0.5):
    logp = F.log_softmax(logits, dim=-1)
    nll = F.nll_loss(logp.transpose(1, 2), tokens, ignore_index=pad)
    seen = torch.zeros_like(logits, dtype=torch.bool)
    for t in range(1, tokens.shape[1]):
        seen[:, t] = seen[:, t - 1].scatter(1, tokens[:, t - 1:t], True)
    seen.scatter_(2, tokens.unsqueeze(-1), False)
    seen[..., pad] = False
    one_minus = torch.clamp(1.0 - logp.exp(), min=1e-5)
    return nll + alpha * -(torch.log(one_minus) * seen).sum() / seen.sum().clamp(min=1)
