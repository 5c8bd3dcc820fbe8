import torch.nn.functional as F


def decode(model, emb, x):
    logits = model(x)
    _, ids = logits.max(-1)
    return emb(ids)


def text_loss(model, emb, x, ref):
    sent = decode(model, emb, x)
    return 1 - F.cosine_similarity(sent, ref, dim=-1).mean()
