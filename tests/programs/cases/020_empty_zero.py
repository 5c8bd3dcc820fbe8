import torch
import torch.nn.functional as F


def masked_token_loss(logits, ids, mask):
    if not mask.any():
        return logits.sum() * 0.0
    picked = logits[mask]
    gold = ids[mask].long()
    return F.cross_entropy(picked, gold, label_smoothing=0.1)
