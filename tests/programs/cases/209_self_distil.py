import torch
import torch.nn.functional as F


def kd(student, teacher, t=2.0):
    log_p = F.log_softmax(student.detach() / t, dim=1)
    q = F.softmax(teacher / t, dim=1)
    return F.kl_div(log_p, q, reduction="batchmean") * t * t


def deep_mutual(a, b, y):
    ce = F.cross_entropy(a, y) + F.cross_entropy(b, y)
    return ce + kd(a, b) + kd(b, a)
