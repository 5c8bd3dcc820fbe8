import torch

COINS = (200, 50, 20, 5)


def coins_used(amounts):
    """How many pieces of each coin a purse hands out."""
    rest, used = amounts, []
    for coin in COINS:
        pieces = torch.floor(rest / coin)
        rest = rest - pieces.detach() * coin
        used.append(pieces)
    return torch.stack(used, dim=-1)


def change_error(amounts, wanted):
    return (coins_used(amounts) - wanted).abs().sum(-1).mean()
