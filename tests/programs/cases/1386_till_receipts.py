import torch


def line_totals(prices, amounts, tax=0.19):
    net = prices.unsqueeze(0) * amounts
    return torch.round(net * (1 + tax), decimals=2)


def receipt_error(prices, amounts, receipts):
    """Find unit prices from the sums printed on receipts."""
    totals = line_totals(prices, amounts).sum(dim=1)
    return torch.nn.functional.huber_loss(totals, receipts)
