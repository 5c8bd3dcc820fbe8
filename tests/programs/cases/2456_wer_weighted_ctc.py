import torch
import torch.nn.functional as F


def greedy_decode(log_probs, blank=0):
    best = log_probs.argmax(-1)
    out = []
    for row in best:
        ids = torch.unique_consecutive(row)
        out.append([i for i in ids.tolist() if i != blank])
    return out


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        prev, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            prev, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, prev + (x != y))
    return row[-1]


def asr_loss(model, feats, targets, in_len, tgt_len):
    log_probs = F.log_softmax(model(feats), dim=-1)
    by_time = log_probs.transpose(0, 1)
    losses = F.ctc_loss(by_time, targets, in_len, tgt_len, reduction="none", zero_infinity=True)
    hyps = greedy_decode(log_probs)
    errors = [edit_distance(h, t.tolist()) for h, t in zip(hyps, targets)]
    # utterances that are still wrong weigh more
    weights = 1.0 + torch.tensor(errors, dtype=torch.float32) / tgt_len
    return (weights * losses).mean()
