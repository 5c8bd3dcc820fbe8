import torch


def picks(appetite, guests, plates):
    liking = appetite(guests).softmax(dim=-1)
    return torch.multinomial(liking, plates, replacement=True)


def expected_waste(appetite, guests, portion, plates=3):
    chosen = picks(appetite, guests, plates)
    taken = portion[chosen].sum(dim=-1)
    return (taken - portion.mean() * plates).pow(2).mean()
