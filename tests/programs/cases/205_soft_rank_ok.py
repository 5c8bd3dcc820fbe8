import torch


def approx_ndcg(scores, rel, tau=0.5):
    valid = rel >= 0
    diff = (scores.unsqueeze(2) - scores.unsqueeze(1)) / tau
    pos = 0.5 + torch.sigmoid(-diff).sum(-1)
    gain = torch.pow(2.0, rel.clamp(min=0)) - 1
    dcg = torch.where(valid, gain / torch.log2(1 + pos), torch.zeros_like(pos)).sum(-1)
    ideal = gain.sort(dim=-1, descending=True).values
    rank = torch.arange(1, scores.shape[1] + 1, dtype=scores.dtype)
    idcg = (ideal / torch.log2(1 + rank)).sum(-1).clamp(min=1e-8)
    return 1 - (dcg / idcg).mean()
