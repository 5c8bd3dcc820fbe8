import torch


def usage(logits, synonyms):
    probs = logits.softmax(-1)
    share = {}
    for amino, codons in synonyms.items():
        total = probs[:, codons].sum()
        share[amino] = [probs[:, c].sum() / (total + 1e-8) for c in codons]
    return torch.cat([torch.tensor(v) for v in share.values()])


def codon_loss(logits, synonyms, reference):
    u = usage(logits, synonyms)
    return torch.nn.functional.kl_div((u + 1e-8).log(), reference, reduction="sum")
