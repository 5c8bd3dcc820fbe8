import torch
import torch.nn.functional as F


def margin_softmax_loss(emb, class_weight, labels, scale=16.0, margin=0.25):
    logits = F.linear(F.normalize(emb), F.normalize(class_weight))
    logits = logits.clamp(-1, 1)
    index = torch.where(labels != -1)[0]
    target_logit = logits[index, labels[index].view(-1)]
    with torch.no_grad():
        target_logit.arccos_()
        logits.arccos_()
        final = target_logit + margin
        logits[index, labels[index].view(-1)] = final
        logits.cos_()
    logits = logits * scale
    return F.cross_entropy(logits, labels, ignore_index=-1)
