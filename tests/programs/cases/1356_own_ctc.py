import torch


def logadd(first, *terms):
    for term in terms:
        first = torch.logaddexp(first, term)
    return first


def ctc_loss(log_probs, targets, blank=0):
    """Alpha recursion over the extended label sequence, in log space."""
    T, zero = len(log_probs), torch.tensor(float("-inf"))
    ext = torch.full((2 * len(targets) + 1,), blank)
    ext[1::2] = targets
    alpha = [zero] * len(ext)
    alpha[0], alpha[1] = log_probs[0, blank], log_probs[0, ext[1]]
    for t in range(1, T):
        new = []
        for s in range(len(ext)):
            before = alpha[s - 1] if s > 0 else zero
            skip = alpha[s - 2] if s > 1 and ext[s] != blank and ext[s] != ext[s - 2] else zero
            new.append(log_probs[t, ext[s]] + logadd(alpha[s], before, skip))
        alpha = new
    return -logadd(alpha[-1], alpha[-2])
