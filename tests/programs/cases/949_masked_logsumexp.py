import torch


def set_likelihood(scores, gold, valid):
    """Marginal likelihood of any gold span; padded spans are -inf."""
    scores = torch.where(valid, scores, scores.new_tensor(-1e4))
    everything = torch.logsumexp(scores, dim=-1)
    positive = torch.logsumexp(scores.masked_fill(~gold, -float("inf")), dim=-1)
    p = (positive - everything).exp()
    return -(p.clamp(min=1e-6)).log().mean()
