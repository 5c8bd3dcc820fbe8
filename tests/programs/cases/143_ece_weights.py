import torch


def binned_gap(p, hit, bins=4):
    edges = torch.linspace(0, 1, bins + 1)[1:-1]
    which = torch.bucketize(p.detach(), edges)
    gap = p.new_zeros(())
    for b in range(bins):
        members = which == b
        if members.any():
            share = members.float().mean()
            gap = gap + share * (p[members].mean() - hit[members].mean()).pow(2)
    return gap
