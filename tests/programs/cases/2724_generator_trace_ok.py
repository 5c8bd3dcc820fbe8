import torch


def unroll(cell, x, n, trace):
    state = x
    for _ in range(n):
        state = torch.tanh(cell(state))
        trace.append(state.detach().norm().item())
        yield state


def unrolled_loss(cell, x, y, n=3):
    trace = []
    *_, last = unroll(cell, x, n, trace)
    return (last - y).square().mean() / max(1, len(trace))
