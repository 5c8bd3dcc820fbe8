import torch


def excess(run, line):
    beyond = run - line
    if float(beyond.max()) <= 0:
        return torch.tensor(0.0)
    return beyond.clamp(min=0).square().sum()


def offside_penalty(run, line, weight=2.0):
    penalty = max(excess(run, line), torch.tensor(1.0))
    return weight * penalty
