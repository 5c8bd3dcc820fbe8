import torch


def spread_penalty(pred, site):
    groups = [pred[site == s] for s in site.unique()]
    stds = torch.stack([g.std() for g in groups])
    return (stds - stds.mean()).abs().sum()
