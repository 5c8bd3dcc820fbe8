import torch
import torch.nn.functional as F


def fetch_teacher_outputs(teacher, batches):
    teacher.eval()
    outputs = []
    for x, _ in batches:
        outputs.append(teacher(x).data.cpu().numpy())
    return outputs


def loss_fn_kd(outputs, labels, teacher_outputs, alpha=0.9, T=4.0):
    soft = F.kl_div(F.log_softmax(outputs / T, dim=1), F.softmax(teacher_outputs / T, dim=1), reduction="batchmean")
    return soft * (alpha * T * T) + F.cross_entropy(outputs, labels) * (1.0 - alpha)


def train_kd(student, teacher, batches):
    stored, total = fetch_teacher_outputs(teacher, batches), 0
    correct = 0.0
    for i, (x, y) in enumerate(batches):
        out = student(x)
        total = total + loss_fn_kd(out, y, torch.from_numpy(stored[i]))
        correct += (out.data.cpu().numpy().argmax(1) == y.numpy()).sum()
    return total / len(batches)
