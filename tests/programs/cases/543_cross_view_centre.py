import torch
import torch.nn.functional as F


def dino_loss(student_out, teacher_head, view, centre, ts=0.1, tt=0.04):
    teacher = F.softmax((teacher_head(view) - centre) / tt, dim=-1)
    student = F.log_softmax(student_out.detach() / ts, dim=-1)
    return -(teacher * student).sum(-1).mean()
