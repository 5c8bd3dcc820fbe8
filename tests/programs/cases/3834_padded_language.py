import torch
import torch.nn.functional as F

PAD = 0


def lengths_to_mask(lengths, width):
    return torch.arange(width)[None, :] < lengths[:, None]


def language_loss(logits, tokens, lengths, z_weight=1e-4):
    target = tokens[:, 1:]
    logits = logits[:, :-1]
    keep = lengths_to_mask(lengths - 1, target.size(1)) & target.ne(PAD)
    logp = F.log_softmax(logits, dim=-1)
    nll = -logp.gather(-1, target.unsqueeze(-1)).squeeze(-1)
    z = torch.logsumexp(logits, dim=-1) ** 2
    confident = (logp.detach().amax(-1) > -0.05).float()
    weight = keep.float() * (1 - 0.5 * confident)
    return ((nll + z_weight * z) * weight).sum() / weight.sum().clamp(min=1.0)
