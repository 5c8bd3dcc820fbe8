import torch
import torch.nn.functional as F

PAD = 0


def token_loss(logits, ids, top=3.0):
    valid = ids.ne(PAD)
    nll = F.cross_entropy(logits.transpose(1, 2), ids, reduction="none")
    nll = torch.where(nll > top, top + torch.log1p(nll - top), nll) if top else nll
    return (nll * valid).sum() / valid.sum()
