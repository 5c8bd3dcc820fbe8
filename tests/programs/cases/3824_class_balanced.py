import torch
import torch.nn.functional as F


def balanced_ce(logits, labels, num_classes):
    """every class counts the same, however rare"""
    nll = F.cross_entropy(logits, labels, reduction="none")
    onehot = F.one_hot(labels, num_classes).to(nll.dtype)
    per_class = (onehot * nll[:, None]).sum(0) / onehot.sum(0)
    return per_class.mean()


def segment_loss(scores, mask, classes=4, smooth=0.05):
    flat = scores.permute(0, 2, 3, 1).reshape(-1, classes)
    ce = balanced_ce(flat, mask.reshape(-1), classes)
    tv = (scores[..., 1:] - scores[..., :-1]).abs().mean()
    return ce + smooth * tv
