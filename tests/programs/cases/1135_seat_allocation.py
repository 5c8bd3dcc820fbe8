import torch
from torch import nn


class SeatLoss(nn.Module):
    def __init__(self, seats=4):
        super().__init__()
        self.seats = seats

    def seats_won(self, votes):
        won = torch.zeros_like(votes)
        for _ in range(self.seats):
            quotient = votes / (won + 1)
            winner = quotient.argmax(dim=-1, keepdim=True)
            won = won.scatter_add(-1, winner, torch.ones_like(winner, dtype=votes.dtype))
        return won

    def forward(self, votes, agreed):
        return (self.seats_won(votes) - agreed).square().sum(-1).mean()
