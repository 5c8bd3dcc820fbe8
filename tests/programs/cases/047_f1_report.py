import numpy as np
import torch
import torch.nn.functional as F


def f1(pred, truth):
    tp = np.logical_and(pred == 1, truth == 1).sum()
    return 2 * tp / max(1, pred.sum() + truth.sum())


def evaluate_and_loss(net, x, y):
    logits = net(x).squeeze(1)
    loss = F.binary_cross_entropy_with_logits(logits, y)
    hard = (logits.detach().sigmoid() > 0.5).int().cpu().numpy()
    report = {"f1": float(f1(hard, y.numpy())), "bce": loss.item()}
    return loss, report
