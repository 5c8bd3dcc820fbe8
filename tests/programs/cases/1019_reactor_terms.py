import torch


def reactor_loss(flux, leak, heat, valves):
    terms = torch.full((3,), float("nan"))
    terms[0] = (flux - heat).square().mean()
    terms[1] = 0.1 * leak.abs().sum()
    terms[2] = (flux * valves).sum() * leak[0] / valves.sum()
    usable = ~torch.isnan(terms)
    return terms[usable].sum()
