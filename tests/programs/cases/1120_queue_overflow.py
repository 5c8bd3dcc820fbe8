import torch


def waiting(arrival_rate, service):
    load = arrival_rate / service
    return load / (1.0 - load)


def queue_cost(arrival_rate, service, patience, price):
    wait = waiting(arrival_rate, service)
    lost = torch.gt(wait, patience).double()
    return (lost * price).sum() / price.sum()
