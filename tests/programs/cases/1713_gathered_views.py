import torch
import torch.nn.functional as F


def gather_from_all(x, ranks=2):
    shards = [torch.empty_like(x) for _ in range(ranks)]
    for shard in shards:
        shard.copy_(x.detach())
    return torch.cat(shards)


def contrast(first, second, t=0.2):
    a = F.normalize(gather_from_all(first), dim=1)
    b = F.normalize(gather_from_all(second), dim=1)
    sims = a @ b.t() / t
    return F.cross_entropy(sims, torch.arange(len(a)))
