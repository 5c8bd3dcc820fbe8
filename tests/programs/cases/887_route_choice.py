import torch
from torch.distributions import OneHotCategorical


def choose(logits):
    policy = OneHotCategorical(logits=logits)
    return policy.sample()


def expected_cost(logits, travel_time, toll, rate=0.2):
    route = choose(logits)
    cost = (route * (travel_time + rate * toll)).sum(-1)
    return cost.mean()
