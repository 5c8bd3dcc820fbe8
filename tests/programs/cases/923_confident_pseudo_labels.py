import torch
import torch.nn.functional as F


def select(weak_logits, tau):
    conf, label = weak_logits.detach().softmax(-1).max(-1)
    return conf > tau, label


def unsupervised_loss(strong_logits, weak_logits, tau=0.95):
    keep, label = select(weak_logits, tau)
    if keep.sum() > 0:
        loss = F.cross_entropy(strong_logits[keep], label[keep])
    else:
        loss = torch.tensor(0.0)
    return loss
