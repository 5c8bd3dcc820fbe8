import torch
import torch.nn.functional as F


def sentence_overlap(candidate, references):
    hits = sum(tok in references[0] for tok in candidate)
    return hits / max(1, len(candidate))


def cal_bl_loss(out, tgt, idx2sym):
    reward = []
    hypotheses = [[idx2sym[i] for i in ids] for ids in out.tolist()]
    references = [[idx2sym[i] for i in ids] for ids in tgt.tolist()]
    for hyp, ref in zip(hypotheses, references):
        reward.append(sentence_overlap(hyp, [ref]))
    return torch.FloatTensor(reward)


def cal_reward_loss(sample_probs, reward):
    log_probs = torch.log(sample_probs)
    return -(log_probs * reward.unsqueeze(1)).mean()


def training_loss(net, src, tgt, idx2sym):
    logits = net(src)
    probs = F.softmax(logits, dim=-1)
    sampled = torch.multinomial(probs.view(-1, probs.size(-1)), 1).view(src.size(0), -1)
    greedy = probs.argmax(-1)
    picked = probs.gather(2, sampled.unsqueeze(2)).squeeze(2)
    gain = cal_bl_loss(sampled, tgt, idx2sym) - cal_bl_loss(greedy, tgt, idx2sym)
    ce = F.cross_entropy(logits.transpose(1, 2), tgt)
    return ce + 0.2 * cal_reward_loss(picked, gain)
