import torch


def listmle(scores, rel, eps=1e-10):
    perm = torch.randperm(scores.shape[-1])
    shuffled, rel = scores[:, perm], rel[:, perm]
    _, order = rel.sort(descending=True, dim=-1)
    ranked = torch.gather(shuffled, dim=1, index=order)
    top, _ = ranked.max(dim=1, keepdim=True)
    centred = ranked - top
    cums = torch.cumsum(centred.exp().flip(dims=[1]), dim=1).flip(dims=[1])
    return (torch.log(cums + eps) - centred).sum(dim=1).mean()
