import numpy as np
import torch
import torch.nn.functional as F


def fetch_outputs(model, batches):
    found = []
    for data in batches:
        output = model(data).data.cpu().numpy()
        found.append(output)
    return found


def loss_fn_kd(outputs, labels, teacher_outputs, alpha=1.0, T=4):
    soft = F.kl_div(F.log_softmax(outputs / T, dim=1), F.softmax(teacher_outputs / T, dim=1), reduction="batchmean")
    return soft * (alpha * T * T) + F.cross_entropy(outputs, labels) * (1.0 - alpha)


def train_kd(student, teacher, batches, labels):
    teacher_outputs = fetch_outputs(teacher, batches)
    student_outputs = fetch_outputs(student, batches)
    total = 0.0
    for i, y in enumerate(labels):
        out_t = torch.from_numpy(teacher_outputs[i])
        out_s = torch.from_numpy(student_outputs[i])
        total = total + loss_fn_kd(out_s, y, out_t)
    return total / len(labels)
