import torch


def waiting(rates, arrivals):
    load = torch.zeros(rates.shape[0])
    served = torch.exp(-rates)
    for a in arrivals:
        load = load + a
        done = load * served
        load.sub_(done)
    return load * served


def service_loss(rates, arrivals, target):
    return (waiting(rates, arrivals) - target).square().mean()
