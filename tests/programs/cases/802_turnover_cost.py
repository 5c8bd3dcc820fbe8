import torch


def backtest_loss(logits, returns, cost=0.01):
    w = logits.softmax(dim=1)
    gain = (w[:-1] * returns).sum(1)
    w[1:] -= w[:-1].clone()
    turnover = w[1:].abs().sum(1)
    return -(gain - cost * turnover).mean()
