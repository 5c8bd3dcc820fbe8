import torch
import torch.nn.functional as F


def attention_map(feature, p=2):
    return F.normalize(feature.abs().pow(p).mean(1).flatten(1))


def scrub_step(student, teacher, image, label, beta=5.0):
    hidden = student[1](student[0](image))
    logits = student[2](hidden.mean((2, 3)))
    with torch.no_grad():
        clean = teacher[1](teacher[0](image))
    at_loss = (attention_map(hidden) - attention_map(clean)).pow(2).mean()
    at_loss = (beta * at_loss).detach()
    ce_loss = F.cross_entropy(logits, label)
    return ce_loss + at_loss
