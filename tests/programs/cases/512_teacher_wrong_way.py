import torch
import torch.nn.functional as F


def soften(logits, t):
    return F.softmax(logits.data / t, dim=-1)


def distil_loss(student_logits, teacher_logits, t=4.0):
    p = soften(teacher_logits, t)
    q = soften(student_logits, t)
    return (p * (p.log() - q.log())).sum(-1).mean() * t * t
